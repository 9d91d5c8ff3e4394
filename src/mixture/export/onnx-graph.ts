import { encoded, bytes, integer, message, repeated, string, type Field } from './protobuf.js';

/** The numbers that a graph computes in. */
export type OnnxPrecision = 'float32' | 'float64';

/** A value of a graph, by its name. */
export type Value = string;

type Attributes = Readonly<Record<string, number | readonly number[]>>;

/** An input or an output: its dimensions, of which one may be a name, and whether it holds whole numbers. */
export interface Port {
  readonly name: string;
  readonly shape: readonly (number | string)[];
  readonly integers?: boolean;
}

/** What a model file says beside its graph. */
export interface OnnxHead {
  readonly producer: { readonly name: string; readonly version: string };
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Opset 13 has all operators that mixtures need, over float64 too; runtimes since 2020 read it with IR version 7. */
const OPSET = 13;
const IR_VERSION = 7;

/** TensorProto.DataType. */
const types = { float32: 1, int64: 7, float64: 11 } as const;
/** AttributeProto.AttributeType. */
const [INT, INTS] = [2, 7];

/**
 * An ONNX graph under construction: `op` adds a node and answers its output. Numbers of the fields are those of onnx.proto
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 */
export class OnnxGraph {
  private readonly nodes: Field[] = [];
  private readonly constants: Field[] = [];
  private count = 0;

  constructor(readonly precision: OnnxPrecision) {}

  /** The output of an operator; attributes are whole numbers or lists of them. */
  op(type: string, inputs: readonly Value[], attributes: Attributes = {}): Value {
    const name = this.named(type);
    this.node(type, inputs, [name], attributes);
    return name;
  }

  /** Gives a value the name of an output. */
  output(value: Value, name: string): void {
    this.node('Identity', [value], [name], {});
  }

  /** A constant of a shape, row-major, in the graph's precision. */
  constant(values: ArrayLike<number>, shape: readonly number[]): Value {
    return this.initializer(types[this.precision], shape, rawFloats(values, this.precision));
  }

  /** A constant number, which broadcasts. */
  scalar(value: number): Value {
    return this.constant([value], []);
  }

  /** A list of whole numbers, `[m]`, of type int64. */
  integers(values: readonly number[]): Value {
    return this.initializer(types.int64, [values.length], rawIntegers(values));
  }

  /** A value of truth or of whole numbers as numbers of the graph's precision. */
  number(value: Value): Value {
    return this.op('Cast', [value], { to: types[this.precision] });
  }

  /** The bytes of a model file. */
  encoded(inputs: readonly Port[], outputs: readonly Port[], head: OnnxHead): Uint8Array {
    const { producer, description, metadata } = head;
    const port = (number: number, one: Port): Field => message(number, this.portFields(one));
    const graph = [
      repeated(1, this.nodes, (_, node) => node),
      string(2, 'mixture'),
      repeated(5, this.constants, (_, constant) => constant),
      repeated(11, inputs, port),
      repeated(12, outputs, port),
    ];
    return encoded([
      integer(1, IR_VERSION),
      string(2, producer.name),
      string(3, producer.version),
      string(6, description),
      message(7, graph),
      message(8, [integer(2, OPSET)]),
      repeated(14, Object.entries(metadata), (number, [key, value]) =>
        message(number, [string(1, key), string(2, value)]),
      ),
    ]);
  }

  private node(type: string, inputs: readonly Value[], outputs: readonly Value[], attributes: Attributes): void {
    const fields = [
      repeated(1, inputs, string),
      repeated(2, outputs, string),
      string(3, `${type}_${this.count++}`),
      string(4, type),
      repeated(5, Object.entries(attributes), (number, [name, value]) => message(number, attribute(name, value))),
    ];
    this.nodes.push(message(1, fields));
  }

  private initializer(type: number, shape: readonly number[], raw: Uint8Array): Value {
    const name = this.named('constant');
    this.constants.push(message(5, [repeated(1, shape, integer), integer(2, type), string(8, name), bytes(9, raw)]));
    return name;
  }

  private portFields({ name, shape, integers = false }: Port): Field[] {
    const dimensions = repeated(1, shape, (number, size) =>
      message(number, [typeof size === 'number' ? integer(1, size) : string(2, size)]),
    );
    const type = integers ? types.int64 : types[this.precision];
    return [string(1, name), message(2, [message(1, [integer(1, type), message(2, [dimensions])])])];
  }

  private named(what: string): string {
    return `${what.toLowerCase()}_${this.count++}`;
  }
}

function attribute(name: string, value: number | readonly number[]): Field[] {
  if (typeof value === 'number') return [string(1, name), integer(3, value), integer(20, INT)];
  return [string(1, name), repeated(8, value, integer), integer(20, INTS)];
}

/** Little-endian whatever the machine is. */
function rawFloats(values: ArrayLike<number>, precision: OnnxPrecision): Uint8Array {
  const size = precision === 'float32' ? 4 : 8;
  const view = new DataView(new ArrayBuffer(values.length * size));
  for (let at = 0; at < values.length; at++) {
    if (precision === 'float32') view.setFloat32(at * size, values[at], true);
    else view.setFloat64(at * size, values[at], true);
  }
  return new Uint8Array(view.buffer);
}

function rawIntegers(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 8));
  values.forEach((value, at) => view.setBigInt64(at * 8, BigInt(value), true));
  return new Uint8Array(view.buffer);
}
