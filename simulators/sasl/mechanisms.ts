import { login } from './login.ts';
import type { Mechanism } from './mechanism.ts';
import { oauthbearer } from './oauthbearer.ts';
import { plain } from './plain.ts';
import { xoauth2 } from './xoauth2.ts';

export const mechanisms: ReadonlyMap<string, Mechanism> = new Map(
  [plain, login, xoauth2, oauthbearer].map((mechanism) => [mechanism.name, mechanism]),
);
