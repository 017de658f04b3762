import type { ClassifiedError } from './error-class.ts';

/** Base of every error the engine throws: a stable `code`, a sentence that says what to do, a `cause`. */
export class EngineError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EngineError';
    this.code = code;
  }
}

/** A failure in talking to a server, already classified. */
export class SyncError extends EngineError {
  readonly classified: ClassifiedError;
  constructor(classified: ClassifiedError, options?: ErrorOptions) {
    super(classified.code, classified.text, options);
    this.name = 'SyncError';
    this.classified = classified;
  }
}
