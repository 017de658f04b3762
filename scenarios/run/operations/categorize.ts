import { trackedCategory } from '../../../engine/graph-incoming/categories.ts';
import type { Performer } from './operation-performer.ts';

/** The mailbox's owner sets the category that tracks, or takes it off. */
export const categorize: Performer<'categorize'> = async (operation, running) => {
  const place = running.messageOnServer(operation);
  const { graph } = running.world.provider(running.mailbox(operation.mailbox).domain);
  if (place === undefined || graph === undefined) return;
  const { id } = place.entry.message;
  const items = graph.service.items(running.onServer(operation.mailbox));
  const state = items.of(id);
  if (state.categories.includes(trackedCategory) === operation.tracked) return;
  const others = state.categories.filter((name) => name !== trackedCategory);
  items.set(id, { ...state, categories: operation.tracked ? [...others, trackedCategory] : others });
};
