import type { Property, ResourceType } from './resource-type.ts';

const count: Property = { kind: 'number', filter: true, order: true };

/** The mailFolder resource (graph/api/resources/mailfolder, v1.0). */
export const mailFolderType: ResourceType = {
  name: 'microsoft.graph.mailFolder',
  navigation: [
    'childFolders',
    'messages',
    'messageRules',
    'singleValueExtendedProperties',
    'multiValueExtendedProperties',
  ],
  searchable: false,
  properties: {
    id: { kind: 'string', filter: true },
    displayName: { kind: 'string', filter: true, order: true },
    parentFolderId: { kind: 'string', filter: true },
    childFolderCount: count,
    unreadItemCount: count,
    totalItemCount: count,
    isHidden: { kind: 'boolean', filter: true },
    sizeInBytes: count,
    wellKnownName: { kind: 'string' },
  },
};
