import type { ProviderProfile } from './profile.ts';

/** Whether a message can be in several folders at once: what X-GM-EXT-1 stands for, and what every door works on then. */
export function foldersAreLabels({ imap }: Pick<ProviderProfile, 'imap'>): boolean {
  return imap?.capabilities.includes('X-GM-EXT-1') === true;
}
