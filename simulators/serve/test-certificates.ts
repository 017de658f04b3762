import selfsigned from 'selfsigned';

/** A certificate authority made for one run, and the server certificates it signed. PEM throughout. */
export interface TestCertificates {
  /** What clients must trust. */
  readonly ca: string;
  readonly key: string;
  readonly cert: string;
  /** Signed by the same authority, but past its date, or for another name. */
  readonly expired: { readonly key: string; readonly cert: string };
  readonly wrongName: { readonly key: string; readonly cert: string };
}

const dayMs = 86_400_000;

/** Makes an authority and certificates for `names` (DNS names; 127.0.0.1 and ::1 are always in). RSA 2048. */
export async function createTestCertificates(
  names: readonly string[],
  nowMs: number,
): Promise<TestCertificates> {
  const authority = await selfsigned.generate([{ name: 'commonName', value: 'mailclock test authority' }], {
    keySize: 2048,
    algorithm: 'sha256',
    notBeforeDate: new Date(nowMs - 30 * dayMs),
    notAfterDate: new Date(nowMs + 365 * dayMs),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const issue = async (hosts: readonly string[], fromMs: number, toMs: number) => {
    const issued = await selfsigned.generate([{ name: 'commonName', value: hosts[0] ?? 'localhost' }], {
      keySize: 2048,
      algorithm: 'sha256',
      ca: { key: authority.private, cert: authority.cert },
      notBeforeDate: new Date(fromMs),
      notAfterDate: new Date(toMs),
      extensions: [
        { name: 'basicConstraints', cA: false, critical: true },
        { name: 'extKeyUsage', serverAuth: true },
        {
          name: 'subjectAltName',
          altNames: [...hosts.map((value) => ({ type: 2 as const, value })), ...addressesOf(hosts)],
        },
      ],
    });
    return { key: issued.private, cert: issued.cert };
  };
  const hosts = [...new Set([...names, 'localhost'])];
  const [good, expired, wrongName] = await Promise.all([
    issue(hosts, nowMs - dayMs, nowMs + 365 * dayMs),
    issue(hosts, nowMs - 20 * dayMs, nowMs - dayMs),
    issue(['elsewhere.invalid'], nowMs - dayMs, nowMs + 365 * dayMs),
  ]);
  return { ca: authority.cert, ...good, expired, wrongName };
}

function addressesOf(hosts: readonly string[]): { type: 7; ip: string }[] {
  return hosts.includes('localhost')
    ? [
        { type: 7, ip: '127.0.0.1' },
        { type: 7, ip: '::1' },
      ]
    : [];
}
