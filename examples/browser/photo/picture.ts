/** Where pictures come from: a file, or a camera. */

/** Something to segment. */
export interface Picture {
  readonly name: string;
  readonly image: HTMLVideoElement | ImageBitmap;
  /** Pixels it has. */
  readonly size: () => { readonly width: number; readonly height: number };
  /** Resolves with the next frame of a camera, or once it is closed; a photograph has none. */
  readonly next?: () => Promise<void>;
  /** Called when a camera ends by itself. */
  onEnd?: () => void;
  close(): void;
}

/** A picture that can't be had. The message says what was expected, what was got and what to do. */
export class PictureError extends Error {
  override readonly name = 'PictureError';
}

/** @throws PictureError for what this browser can't decode. */
export async function photographOf(file: Blob, name: string): Promise<Picture> {
  const image = await createImageBitmap(file).catch(() => {
    const kind = file.type || 'a file of unknown kind';
    throw new PictureError(`${name}: expected a picture that this browser shows, got ${kind}; choose a JPEG or a PNG`);
  });
  return { name, image, size: () => ({ width: image.width, height: image.height }), close: () => image.close() };
}

/** @throws PictureError where there is no camera, or it may not be used. */
export async function openCamera(): Promise<Picture> {
  if (!('mediaDevices' in navigator)) throw new PictureError(causes.insecure);
  const wanted = { width: { ideal: 640 }, facingMode: 'environment' };
  const stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false }).catch((error: unknown) => {
    throw new PictureError(messageOf(error));
  });
  const [track] = stream.getVideoTracks();
  const image = document.createElement('video');
  Object.assign(image, { muted: true, playsInline: true, srcObject: stream });
  const closed = new AbortController();
  const picture: Picture = {
    name: track.label || 'The camera',
    image,
    size: () => ({ width: image.videoWidth, height: image.videoHeight }),
    next: () => nextFrame(image, closed.signal),
    close() {
      closed.abort();
      track.stop();
      image.srcObject = null;
    },
  };
  track.addEventListener('ended', () => picture.onEnd?.(), { signal: closed.signal });
  await image.play();
  return picture;
}

const causes = {
  insecure: 'The camera: expected a page of https or of localhost, got another; open it there, or choose a photograph',
  refused: 'The camera: expected leave to use it, got a refusal; allow it for this page, or choose a photograph',
  absent: 'The camera: expected one at this device, found none; connect one, or choose a photograph',
  busy: 'The camera: expected one that is free, got one in use; end what uses it, or choose a photograph',
};

/** What the names of `getUserMedia`'s errors mean (W3C Media Capture and Streams, 10.2). */
function messageOf(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return causes.refused;
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return causes.absent;
  if (name === 'NotReadableError' || name === 'AbortError') return causes.busy;
  return `The camera: ${error instanceof Error ? error.message : String(error)}; choose a photograph`;
}

/** Resolves when a video has another frame, or is closed. */
function nextFrame(video: HTMLVideoElement, closed: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      closed.removeEventListener('abort', end);
      video.cancelVideoFrameCallback(asked);
      resolve();
    };
    const asked = video.requestVideoFrameCallback(end);
    closed.addEventListener('abort', end);
    if (closed.aborted) end();
  });
}
