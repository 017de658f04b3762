import type { Mechanism } from './mechanism.ts';

/** The older LOGIN mechanism (draft-murchison-sasl-login): asks for the name, then the password. */
export const login: Mechanism = {
  name: 'LOGIN',
  prompts: ['Username:', 'Password:'],
  read([name = '', password = '']) {
    return name === '' ? 'malformed' : { login: name, credential: { kind: 'password', password } };
  },
};
