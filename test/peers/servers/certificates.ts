import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from './child.ts';

/** A certificate authority made for one test run, and one server certificate for localhost signed by it. */
export interface Certificates {
  readonly caFile: string;
  readonly ca: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

export async function makeCertificates(directory: string): Promise<Certificates> {
  const at = (name: string) => join(directory, name);
  const elliptic = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await mustRun('openssl', [
    ...['req', '-x509', '-days', '3650', '-subj', '/CN=mailclock peer test authority', ...elliptic],
    ...['-keyout', at('ca.key'), '-out', at('ca.pem')],
  ]);
  await mustRun('openssl', [
    ...['req', '-subj', '/CN=localhost', ...elliptic, '-keyout', at('server.key'), '-out', at('server.csr')],
  ]);
  writeFileSync(at('server.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n');
  await mustRun('openssl', [
    ...['x509', '-req', '-days', '3650', '-in', at('server.csr'), '-extfile', at('server.ext')],
    ...['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-out', at('server.pem')],
  ]);
  chmodSync(at('server.key'), 0o600);
  return {
    caFile: at('ca.pem'),
    ca: readFileSync(at('ca.pem'), 'utf8'),
    certificateFile: at('server.pem'),
    keyFile: at('server.key'),
  };
}
