import type { Property, ResourceType } from './resource-type.ts';

const address: Property = {
  kind: 'complex',
  properties: {
    emailAddress: {
      kind: 'complex',
      properties: {
        name: { kind: 'string', filter: true, order: true },
        address: { kind: 'string', filter: true, order: true },
      },
    },
  },
};
const text: Property = { kind: 'string', filter: true, order: true };
const date: Property = { kind: 'dateTime', filter: true, order: true };
const truth: Property = { kind: 'boolean', filter: true, order: true };
const recipients: Property = { kind: 'collection', properties: address.properties ?? {} };

/**
 * The message resource (graph/api/resources/message, v1.0). Which properties filter and sort is not published in one
 * place: filters are those of Microsoft's examples and of clients in the field; recipients and bodies sort nothing.
 */
export const messageType: ResourceType = {
  name: 'microsoft.graph.message',
  navigation: ['attachments', 'extensions', 'singleValueExtendedProperties', 'multiValueExtendedProperties'],
  searchable: true,
  properties: {
    id: { kind: 'string', filter: true },
    createdDateTime: date,
    lastModifiedDateTime: date,
    changeKey: { kind: 'string' },
    categories: { kind: 'strings', filter: true },
    receivedDateTime: date,
    sentDateTime: date,
    hasAttachments: truth,
    internetMessageId: text,
    internetMessageHeaders: { kind: 'collection' },
    subject: text,
    bodyPreview: { kind: 'string' },
    importance: text,
    parentFolderId: { kind: 'string', filter: true },
    conversationId: { kind: 'string', filter: true },
    conversationIndex: { kind: 'string' },
    isDeliveryReceiptRequested: { kind: 'boolean', filter: true },
    isReadReceiptRequested: { kind: 'boolean', filter: true },
    isRead: truth,
    isDraft: truth,
    webLink: { kind: 'string' },
    inferenceClassification: text,
    body: {
      kind: 'complex',
      properties: { contentType: { kind: 'string' }, content: { kind: 'string', filter: true } },
    },
    uniqueBody: {
      kind: 'complex',
      properties: { contentType: { kind: 'string' }, content: { kind: 'string' } },
    },
    sender: address,
    from: address,
    toRecipients: recipients,
    ccRecipients: recipients,
    bccRecipients: recipients,
    replyTo: recipients,
    flag: {
      kind: 'complex',
      properties: {
        flagStatus: { kind: 'string', filter: true, order: true },
        dueDateTime: { kind: 'complex' },
        startDateTime: { kind: 'complex' },
        completedDateTime: { kind: 'complex' },
      },
    },
    singleValueExtendedProperties: {
      kind: 'collection',
      filter: true,
      properties: { id: { kind: 'string', filter: true }, value: { kind: 'string', filter: true } },
    },
  },
};
