import type { Mechanism } from './mechanism.ts';

/** RFC 7628 section 3.1: `n,a=` name `,` ^A key=value pairs, each ended by ^A, ^A. */
export const oauthbearer: Mechanism = {
  name: 'OAUTHBEARER',
  prompts: [''],
  read([response = '']) {
    const login = /^[ny],a=([^,\x01]*),/.exec(response)?.[1];
    const token = /\x01auth=Bearer ([^\x01]+)\x01/i.exec(response)?.[1];
    if (login === undefined || login === '' || token === undefined || !response.endsWith('\x01\x01'))
      return 'malformed';
    // RFC 5801 section 4: `=2C` and `=3D` stand for comma and equals sign.
    const name = login.replace(/=2C/g, ',').replace(/=3D/g, '=');
    return { login: name, credential: { kind: 'token', token } };
  },
};
