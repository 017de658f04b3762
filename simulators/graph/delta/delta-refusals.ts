import type { Refusal } from '../odata/refusals.ts';

/** Every refusal of a delta request, by what is wrong with it. */
export const deltaRefusals = {
  parameters: {
    status: 400,
    code: 'ErrorInvalidUrlQuery',
    message:
      "The following parameters are not supported with change tracking over the '{resource}' resource: '{names}'.",
    confidence: 'R',
    source: 'seen for Contacts, CalendarView and Folders; for Messages the list of names is ours',
  },
  filter: {
    status: 400,
    code: 'ErrorInvalidUrlQuery',
    message:
      "The '$filter' parameter value is not supported for 'Messages' resource; only a value of 'receivedDateTime ge value' is supported.",
    confidence: 'R',
    source: 'msgraph-sdk-dotnet#1512, microsoft-graph-docs#18636',
  },
  orderBy: {
    status: 400,
    code: 'ErrorInvalidUrlQuery',
    message:
      "The '$orderby' parameter value is not supported for 'Messages' resource; only a value of 'receivedDateTime desc' is supported.",
    confidence: 'I',
    source: 'rule D (delta-query-messages); words after those for $filter',
  },
  changeType: {
    status: 400,
    code: 'ErrorInvalidUrlQuery',
    message:
      "The 'changeType' parameter value '{name}' is not supported; only 'created', 'updated' and 'deleted' are.",
    confidence: 'I',
    source: 'values D (message-delta); words ours',
  },
  wholeMailbox: {
    status: 400,
    code: 'BadRequest',
    message: "Unsupported request: Change tracking is not supported against 'microsoft.graph.message'.",
    confidence: 'R',
    source: 'msgraph-metadata#607, msgraph-sdk-python#1087; code ours',
  },
  malformed: {
    status: 400,
    code: 'InvalidSyncStateData',
    message: 'The sync state data is invalid.',
    confidence: 'R',
    source: 'code: postalsys/emailengine outlook-client.js; status and words ours',
  },
  folderGone: {
    status: 404,
    code: 'ErrorSyncFolderNotFound',
    message: 'The folder to synchronize could not be found.',
    confidence: 'R',
    source: 'code: client tables (folder deleted); status and words ours',
  },
  stateGone: {
    status: 410,
    code: 'SyncStateNotFound',
    message: '{obituary}',
    confidence: 'R',
    source: 'microsoft-graph-docs#2350, #2162',
  },
  resync: {
    status: 410,
    code: 'resyncRequired',
    message:
      'Resync required. Any local changes may have been lost; begin with the URL in the Location header.',
    confidence: 'D',
    source: 'delta-query-overview (410 with Location), errors (code); words ours',
  },
} as const satisfies Readonly<Record<string, Refusal>>;
