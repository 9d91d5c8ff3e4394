/**
 * Fits mixture models to large data by entropic optimal transport. Begin with {@link fitMixture}; {@link sinkhorn} solves
 * transport by itself.
 *
 * @module otmix
 */
export { fitMixture, type Fit, type FitDiagnostics, type RepairReport, type RestartOutcome } from './fit/fit.js';
export type { FitStatus } from './em/em.js';
export type { Repair } from './families/family.js';
export type { Duality, PlanRows, TransportPlan } from './mixture/plan.js';
export type { FitOptions, Progress } from './fit/options.js';
export type { CheckpointOptions } from './fit/checkpoint-options.js';
export type { ClusterOptions } from './cluster/options.js';
export type { PriorChoice, PriorOptions } from './fit/prior.js';
export type { ComponentPriorOptions } from './families/prior.js';
export type { NoiseOption } from './fit/noise.js';
export type { AssignedStart } from './seeding/assigned.js';
export type { GivenStart, NamedStart, PartialStart, StartInput } from './seeding/given.js';
export {
  selectMixture,
  type Candidate,
  type Criterion,
  type FailedCandidate,
  type Growth,
  type Selection,
  type SelectOptions,
  type SelectProgress,
} from './fit/select.js';
export {
  onlineMixture,
  OnlineMixture,
  type LearningOptions,
  type OnlineOptions,
  type OnlineUpdate,
} from './fit/online.js';
export { bootstrap } from './bootstrap/bootstrap.js';
export type { BootstrapOptions, BootstrapProgress } from './bootstrap/options.js';
export type { FailedReplicate } from './bootstrap/replicates.js';
export type { Bootstrap, ParameterInterval } from './bootstrap/result.js';
export { bootstrapTest, type BootstrapTest } from './bootstrap/likelihood-ratio.js';
export type { BootstrapTestOptions } from './bootstrap/test-options.js';
export {
  bootstrapTests,
  type BootstrapTests,
  type BootstrapTestsOptions,
  type BootstrapTestsProgress,
} from './bootstrap/sequence.js';
export type { Interval } from './bootstrap/intervals.js';
export type { Parameter } from './bootstrap/parameters.js';
export { Mixture, type PredictRowsOptions } from './mixture/mixture.js';
export type { Sample } from './mixture/sample.js';
export type { GaussianModelFile, ModelFile, NamedModelFile, Provenance } from './mixture/model-json.js';
export type { OnnxOptions, OnnxPrecision } from './mixture/export/onnx.js';
export type { ScikitLearnFile } from './mixture/export/scikit-learn.js';
export type { ImputedRows, ImputeOptions } from './mixture/impute.js';
export { loadMixture } from './mixture/model-file.js';
export {
  mixtureWasserstein,
  type ComponentDistanceOptions,
  type MixtureTransport,
  type MixtureTransportOptions,
} from './mixture/distances/wasserstein.js';
export { transportMap, type MappedRows, type TransportMap } from './mixture/distances/map.js';
export { barycentre, type BarycentreOptions } from './mixture/distances/barycentre.js';
export { matchComponents, type MatchedPair, type Matching } from './mixture/distances/match.js';
export type { EvaluatedRows, EvaluateOptions } from './mixture/evaluate.js';
export type { Criteria } from './mixture/criteria.js';
export * from './families/all.js';
export { product, type Factor } from './families/product.js';
export type { Family, Filler, Levels } from './families/family.js';
export type { Noise, Range, Support } from './families/noise.js';
export type { ComponentBlock, Nested } from './families/components.js';
export type { Floats } from './sweep/model.js';
export type { CovarianceForm } from '../kernels/form.js';
export type { Marginal } from './transport/marginal.js';
export type { EpsilonSchedule } from './transport/temperature.js';
export type { Acceleration, Algorithm, PrecisionChoice, Strategy } from './fit/choices.js';
export type { RowFormat } from './fit/row-format.js';
export type { SeedingMethod } from './seeding/seeding.js';
export type { MissingPolicy } from './data/blocks.js';
export {
  logCost,
  responsibilities,
  softmin,
  type LogCostOptions,
  type NestedNumbers,
  type Numbers,
  type Prior,
  type SoftminOptions,
  type Triangle,
} from './tensors/tensors.js';
export {
  sinkhorn,
  sinkhornDivergence,
  type Divergence,
  type DivergenceOptions,
  type EpsilonLadder,
  type PointClouds,
  type PointMetric,
  type Side as TransportSide,
  type ShapedArray,
  type SinkhornCosts,
  type SinkhornNumbers,
  type SinkhornOptions,
  type SinkhornProgress,
  type SinkhornStatus,
  type Transport,
  type TransportValues,
} from './sinkhorn/sinkhorn.js';
export type { Batch, Batching, Matrix, Source } from './data/source.js';
export { backendNames, type BackendName } from './backend/backends.js';
export type { Device, Finding, RowsOptions } from './backend/backend.js';
export {
  RowSample,
  sampledIndices,
  type DrawnRows,
  type RowSampleOptions,
  type SampleOptions,
} from './data/row-sample.js';
export type { ChosenColumns, DataInput } from './data/input.js';
export type { ArrowTable } from './data/arrow-table.js';
export type { ArrowBatch, ArrowSchema, ArrowType, ArrowVector } from './data/arrow.js';
export {
  probeBackend,
  resolveBackend,
  type BackendChoice,
  type BackendNeeds,
  type BackendReport,
  type BackendRequest,
} from './backend/resolve.js';
export { GpuError, type GpuErrorCode } from '../kernels/webgpu/error.js';
export { InputError, type Complaint, type InputErrorCode } from './base/errors.js';
export { version } from './base/version.js';
