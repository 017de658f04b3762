import { globSync, readFileSync } from 'node:fs';
import { deltaRefusals } from '../../simulators/graph/delta/delta-refusals.ts';
import type { GraphRoute } from '../../simulators/graph/graph-route.ts';
import { type Refusal, refusals } from '../../simulators/graph/odata/refusals.ts';
import { routes } from '../../simulators/graph/routes.ts';
import { subscriptionRefusals } from '../../simulators/graph/subscriptions/subscription-refusals.ts';
import type { LimiterDefinition } from '../../simulators/limits/limiter.ts';
import { oauthRoutes } from '../../simulators/oauth/oauth-routes.ts';
import { loadProfile } from '../../simulators/profiles/index.ts';

const introduction = `# Microsoft Graph, simulated

Mail of Microsoft Graph v1.0, for \`/me\` and \`/users/{id or address}\`, in front of the same mailboxes as POP3 and SMTP.
The tables are written from the code by \`npx vitest run test/docs -u\`, and a test keeps them so. Numbers and times, each
with its source: [providers.md](providers.md#exchange-online).

## How it is reached

| from | how |
|---|---|
| a program in a world | \`life.connector.fetch('https://graph.alpha.test/v1.0/…')\`, tokens from \`https://login.alpha.test\` |
| a program that uses the global \`fetch\`, the Graph SDK too | \`setupServer(...mswHandlers(graph.service, oauth.service))\` from \`mailclock/simulators/msw\` |
| a program in any language | \`mailclock serve --profile exchange-online\`, see [serve.md](serve.md#microsoft-graph) |
| a test of one handler | \`service.handle(new Request(…))\` |

All four meet the same handler. A fault that ends a connection is a failed \`fetch\`, one that silences it never settles,
one that cuts a body breaks its stream. Rules name operations as the first table does
(\`{ "protocol": "graph", "command": "GET /messages/{id}", "phase": "command" }\`); the text of a \`reply\` is
\`<status>[ <code>[ <message>]]\`, then \`Header: value\` lines, then, after an empty line, a body of your own. An empty
line and nothing after it is an empty body. Parts of a batch meet rules and limits one by one.

## How sure it is

- **documented**: paths, parameters, defaults and what a reply holds, where Microsoft's pages say so; the request,
  concurrency, upload and batch limits; that refused requests count; that delta tokens die with a 410; that sending is
  over only after the 202.
- **reported**: nearly all texts and codes of errors (Outlook's resources speak in the codes of Exchange, which no page
  lists); that the newest four generations of delta tokens live; the missing, constant and decimal forms of Retry-After.
- **ours**: the kinds of the windows, Retry-After of the concurrency limit (10 s, and until then everything is refused),
  how long the service works on a request, when a sent message reaches Sent Items, the default size of a delta page, and
  every text the tables call ours.

## Where it differs from the real service

- Reads see every write at once. What is late, doubled or replayed comes from rules (\`flip\` of the field \`DELTA\`).
- One mailbox is one database: there is no MailboxInfoStale or 504 but by a rule.
- A world's HTTP is modelled whole request by whole reply, over connections that are kept alive; the bytes of HTTP itself
  are spoken only over \`serve\`.
- A token's audience is not checked, and an application may open every mailbox of its tenant (there are no access policies).
- Every mailbox has six standard folders (Inbox, Sent Items, Drafts, Deleted Items, Junk Email, Archive) and no others;
  a folder that is deleted goes to Deleted Items first, as messages do.
- What a message says in JSON is read from its bytes: bodies are not rewritten, \`uniqueBody\` is the whole body, plain text
  is shown as HTML unless text is asked for. A draft that is edited is composed anew.
- A message on its way out is in no folder, where Outlook has an Outbox. Limits on sending count apart from those of SMTP.
- Upload sessions stay on the host of Graph, and what goes up to them counts as requests of the app for the mailbox.
- Mailbox settings are kept, and nothing answers automatically. Categories are known to Graph only.
- Only what the tables list is there; an unknown path is a 400, as an unknown segment is.`;

/** What mail clients may look for and not find. */
export const missing: readonly (readonly [operation: string, what: string])[] = [
  ['GET /messages/{id}/extensions', 'open extensions'],
  ['POST /getMailTips', 'mail tips'],
  ['GET /mailFolders/{id}/messageRules', 'inbox rules'],
  ['GET /inferenceClassification/overrides', 'focused inbox overrides'],
  ['POST /search/query', 'Microsoft Search'],
  ['GET /users', 'the directory'],
  ['GET /events', 'appointments'],
  ['GET /contacts', 'contacts'],
  ['GET /todo/lists', 'tasks'],
];

const parameters: readonly (readonly string[])[] = [
  ['`$select`', 'served', 'lists, single items, delta (frozen in the first call)'],
  [
    '`$filter`',
    'served',
    'comparison, and, or, not, startswith, endswith, contains, any; delta: receivedDateTime ge or gt only',
  ],
  [
    '`$orderby`',
    'served',
    'with a filter its properties must lead it in the same order; delta: receivedDateTime desc only',
  ],
  ['`$top`', 'served', '1 to 1000; 10 unless given'],
  ['`$skip`, `$skiptoken`', 'served', 'lists'],
  ['`$count`', 'served', 'lists, and as a segment'],
  ['`$search`', 'served', 'words, from:, to:, subject:, hasattachment: …; not with $filter or $orderby'],
  ['`$expand`', 'served', 'attachments, singleValueExtendedProperties with a filter, childFolders'],
  ['`$deltatoken`, `$skiptoken`', 'served', 'delta'],
  ['`$format`, `$apply`, `$compute`', 'refused', ''],
  ['`Prefer: IdType="ImmutableId"`', 'served', 'every operation on messages'],
  ['`Prefer: odata.maxpagesize`', 'served', 'lists and delta'],
  ['`Prefer: outlook.body-content-type`', 'served', 'text or html'],
  ['`Prefer: outlook.timezone`', 'missing', 'times are UTC'],
  ['`If-Match`', 'served', 'changes of a message'],
];

const sureness: Readonly<Record<string, string>> = {
  D: 'documented',
  R: 'reported',
  I: 'inferred',
  ours: 'ours',
};

const clients = 'client tables (alcionai/corso graph/errors.go, postalsys/emailengine outlook-client.js)';
/** Where the codes of errors are from that operations throw themselves; texts are ours unless it says more. */
const codeSources: Readonly<Record<string, readonly [string, string]>> = {
  BadRequest: ['R', 'learn graph/json-batching (status); texts ours'],
  ErrorAccessDenied: ['R', clients],
  ErrorAttachmentSizeLimitExceeded: ['I', 'learn graph/outlook-large-attachments (limit)'],
  ErrorFolderExists: ['R', clients],
  ErrorInvalidIdMalformed: ['R', clients],
  ErrorInvalidRecipients: ['R', clients],
  ErrorInvalidUser: ['R', clients],
  ErrorIrresolvableConflict: ['R', 'inbox-zero microsoft/retry.ts'],
  ErrorItemNotFound: ['R', clients],
  ErrorMessageSizeExceeded: ['R', clients],
  ErrorMimeContentInvalidBase64String: ['I', 'learn graph/api/user-sendmail (status and text documented)'],
  ErrorSendAsDenied: ['R', `${clients}; Microsoft Q&A (text)`],
  InvalidAuthenticationToken: ['R', 'techcommunity officegraph thread; Microsoft Q&A'],
  InvalidInternetMessageHeader: ['R', 'Microsoft Q&A'],
  MailboxNotEnabledForRESTAPI: ['R', clients],
};

/** The page, as Markdown. */
export function graphPage(): string {
  const { limits } = loadProfile('exchange-online');
  return `${[
    introduction,
    '## Operations',
    table(
      ['operation', 'permission', 'state', 'source', 'more'],
      [...routes.map(operationRow), ...missing.map(missingRow)],
    ),
    '## Identity platform',
    table(
      ['operation', 'state'],
      oauthRoutes.map(({ operation }) => [code(operation), 'served']),
    ),
    '## Parameters and headers',
    table(['parameter', 'state', 'where'], parameters),
    '## Limits',
    table(
      ['limit', 'number', 'for each', 'state', 'how sure', 'source'],
      limits.filter(({ protocol }) => protocol === 'graph').map(limitRow),
    ),
    '## Errors',
    'Those of queries, of delta and of subscriptions:',
    table(
      ['status', 'code', 'text', 'how sure', 'source'],
      [refusals, deltaRefusals, subscriptionRefusals].flatMap((group) =>
        Object.values<Refusal>(group).map(({ status, code: name, message, confidence, source }) => [
          String(status),
          code(name),
          message,
          sureness[confidence] ?? '',
          source,
        ]),
      ),
    ),
    'Those of the other operations; a code nobody reported is called ours:',
    table(['status', 'code', 'how sure', 'source'], thrownCodes().map(codeRow)),
    'What else is known to be said is a fault of the profile, ready to be used in a rule:\n[providers.md](providers.md#faults-of-exchange-online).',
  ].join('\n\n')}\n`;
}

function operationRow({ operation, needs, note, scope, handle }: GraphRoute): string[] {
  const refused =
    note?.startsWith('refused') === true || /^\(?\)?\s*(?:=>)?\s*\{?\s*throw /.test(String(handle));
  const permission = needs ?? (scope === 'open' ? 'carried by the URL' : 'any token');
  const state = refused ? 'refused as the real one' : 'served';
  return [code(operation), permission, state, pageOf(operation), note ?? ''];
}

/** The page of learn.microsoft.com that documents an operation: the first that its path speaks of. */
const pages: readonly (readonly [part: string, page: string])[] = [
  ['$batch', 'graph/json-batching'],
  ['/subscriptions', 'graph/api/resources/subscription'],
  ['/delta', 'graph/delta-query-messages'],
  ['uploadUrl', 'graph/outlook-large-attachments'],
  ['createUploadSession', 'graph/outlook-large-attachments'],
  ['/attachments', 'graph/api/resources/attachment'],
  ['masterCategories', 'graph/api/resources/outlookcategory'],
  ['mailboxSettings', 'graph/api/resources/mailboxsettings'],
  ['/sendMail', 'graph/api/user-sendmail'],
  ['/translateExchangeIds', 'graph/api/user-translateexchangeids'],
  ['/messages', 'graph/api/resources/message'],
  ['/mailFolders', 'graph/api/resources/mailfolder'],
];

function pageOf(operation: string): string {
  const page = pages.find(([part]) => operation.includes(part))?.[1];
  // A row need not wait for its page to be named here.
  return page === undefined ? '' : `learn ${page}`;
}

function missingRow([operation, what]: readonly [string, string]): string[] {
  return [code(operation), '', 'missing', '', what];
}

function limitRow({ id, limit, unit, key, enabled, confidence, source }: LimiterDefinition): string[] {
  return [
    code(id),
    `${limit.toLocaleString('en-US')} ${unit}`,
    key.join(' and '),
    enabled === false ? 'served (off)' : 'served',
    sureness[confidence] ?? confidence,
    source,
  ];
}

/** Statuses and codes that stand in the source, each once. */
function thrownCodes(): string[] {
  const thrown = /GraphError\(\s*(\d{3}),\s*'([^']+)'/g;
  const files = globSync('simulators/graph/**/*.ts').filter((file) => !/\.test\.ts$|\/testing\//.test(file));
  const found = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(thrown)].map(([, status, name]) => `${status} ${name}`),
  );
  return [...new Set(found)].sort();
}

function codeRow(statusAndCode: string): string[] {
  const [status = '', name = ''] = statusAndCode.split(' ');
  const [confidence, source] = codeSources[name] ?? ['ours', 'not captured'];
  return [status, code(name), sureness[confidence] ?? '', source];
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
