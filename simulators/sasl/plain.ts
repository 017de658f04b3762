import type { Mechanism } from './mechanism.ts';

/** RFC 4616: authorization identity, authentication identity and password, with NULs between. */
export const plain: Mechanism = {
  name: 'PLAIN',
  prompts: [''],
  read([response = '']) {
    const [, login, password, ...more] = response.split('\0');
    if (login === undefined || login === '' || password === undefined || more.length > 0) return 'malformed';
    return { login, credential: { kind: 'password', password } };
  },
};
