import type { GraphClient } from '../graph/graph-client.ts';
import { GraphFailure } from '../graph/graph-failure.ts';
import type { NewEmail } from '../records/email.ts';
import { textOf } from './read-graph-json.ts';

type File = NonNullable<NewEmail['attachments']>[number];

/** Less than 4 MB (documented), and a multiple of 320 KiB as OneDrive's sessions want it. */
const sliceBytes = 12 * 327_680;
/** Slices that bring no progress, in a row, before it is given up. Ours. */
const triesWithoutProgress = 3;

/**
 * Attaches a large file to a draft (Graph `attachment: createUploadSession`): slices in order, each where the server
 * says it is. A slice whose answer was lost is not guessed about: the session is asked what it has.
 */
export async function uploadAttachment(client: GraphClient, path: string, file: File): Promise<void> {
  const { content } = file;
  const session = await client.request({
    method: 'POST',
    path: `${path}/createUploadSession`,
    json: {
      AttachmentItem: {
        attachmentType: 'file',
        name: file.fileName,
        size: content.length,
        contentType: file.mimeType,
      },
    },
    phase: 'attach',
  });
  const url = textOf(session.json(), 'uploadUrl');
  if (url === undefined) throw garbled('The server opened an upload session without a URL');
  let from = 0;
  let tries = triesWithoutProgress;
  while (from < content.length) {
    const before = from;
    const next = await putSlice(client, url, content, from);
    if (next === undefined) return;
    from = next;
    tries = from > before ? triesWithoutProgress : tries - 1;
    if (tries === 0) throw garbled('An upload session takes no more of its file');
  }
}

/** Resolves with where the next slice begins; `undefined` when the file is whole. */
async function putSlice(
  client: GraphClient,
  url: string,
  content: Uint8Array,
  from: number,
): Promise<number | undefined> {
  const to = Math.min(from + sliceBytes, content.length);
  try {
    const reply = await client.request({
      method: 'PUT',
      path: url,
      preAuthenticated: true,
      bytes: content.subarray(from, to),
      contentType: 'application/octet-stream',
      headers: { 'content-range': `bytes ${from}-${to - 1}/${content.length}` },
      phase: 'attach',
    });
    if (reply.status === 201 || to === content.length) return undefined;
    return nextOf(reply.json()) ?? to;
  } catch (error) {
    if (!(error instanceof GraphFailure) || error.sent !== 'unknown') throw error;
    if (error.classified.code === 'cycle-aborted') throw error;
    const state = await client.request({ path: url, preAuthenticated: true, phase: 'attach' });
    return nextOf(state.json()) ?? from;
  }
}

/** `nextExpectedRanges`: `["3932160"]` or `["3932160-5000000"]`. */
function nextOf(state: unknown): number | undefined {
  const ranges: unknown =
    typeof state === 'object' && state !== null
      ? (Reflect.get(state, 'nextExpectedRanges') ?? Reflect.get(state, 'NextExpectedRanges'))
      : undefined;
  const first: unknown = Array.isArray(ranges) ? ranges[0] : undefined;
  const start = typeof first === 'string' ? Number.parseInt(first, 10) : Number.NaN;
  return Number.isNaN(start) ? undefined : start;
}

function garbled(text: string): GraphFailure {
  return new GraphFailure(
    { class: 'transient', code: 'graph-garbled', text, phase: 'attach', scope: 'service' },
    { sent: 'unknown' },
  );
}
