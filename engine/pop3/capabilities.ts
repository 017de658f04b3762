/** What a server says it can do (CAPA, RFC 2449), as lines in upper case; empty when it knows no CAPA. */
export class Capabilities {
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    this.lines = lines;
  }

  static parse(body: Buffer): Capabilities {
    const lines: string[] = [];
    for (const line of body.toString('latin1').split('\r\n')) {
      if (line !== '' && line.length <= 255 && lines.length < 64) lines.push(line.trim().toUpperCase());
    }
    return new Capabilities(lines);
  }

  has(name: string): boolean {
    return this.lines.some((line) => line === name || line.startsWith(`${name} `));
  }

  /** The words behind a capability; empty when it has none or is absent. */
  arguments(name: string): readonly string[] {
    const line = this.lines.find((candidate) => candidate.startsWith(`${name} `));
    return line === undefined
      ? []
      : line
          .slice(name.length + 1)
          .split(' ')
          .filter((word) => word !== '');
  }

  /** LOGIN-DELAY (RFC 2449 6.5), ms. */
  get loginDelayMs(): number | undefined {
    const seconds = Number.parseInt(this.arguments('LOGIN-DELAY')[0] ?? '', 10);
    return Number.isFinite(seconds) ? seconds * 1000 : undefined;
  }

  equals(other: Capabilities): boolean {
    return (
      this.lines.length === other.lines.length &&
      this.lines.every((line, index) => line === other.lines[index])
    );
  }
}
