import { type AadstsCode, aadsts } from './aadsts.ts';

/** A request the token service refuses: thrown where that is found out, answered in one place. */
export class TokenRefusal extends Error {
  readonly code: AadstsCode;
  /** Fills the placeholders of the code's text. */
  readonly fields: Readonly<Record<string, string>>;

  constructor(code: AadstsCode, fields: Readonly<Record<string, string>> = {}) {
    super(
      `AADSTS${code}: ${aadsts[code].text.replace(/\{(\w+)\}/g, (whole, name) => fields[name] ?? whole)}`,
    );
    this.name = 'TokenRefusal';
    this.code = code;
    this.fields = fields;
  }
}
