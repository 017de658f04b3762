import type { AccessToken } from '../../oauth/token-authority.ts';

/** A large attachment on its way up (graph/api/attachment-createuploadsession). */
export interface UploadSession {
  readonly id: string;
  /** In the URL; who knows it may upload. */
  readonly authToken: string;
  /** Whose request opened it. */
  readonly token: AccessToken;
  readonly messageId: string;
  readonly name: string;
  readonly contentType: string;
  readonly isInline: boolean;
  readonly contentId: string | undefined;
  readonly sizeBytes: number;
  expiresAtMs: number;
  receivedBytes: number;
  readonly pieces: Uint8Array[];
}
