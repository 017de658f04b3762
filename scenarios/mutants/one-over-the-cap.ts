import { type Mutant, overriding } from './mutant.ts';

export const oneOverTheCap: Mutant = {
  name: 'one-over-the-cap',
  bug: 'One connection more than maxConcurrentConnections is opened.',
  breaks: ['INV-16'],
  store: (store) => {
    const raised = <T extends { maxConcurrentConnections: number }>(profile: T): T => ({
      ...profile,
      maxConcurrentConnections: profile.maxConcurrentConnections + 1,
    });
    return overriding(store, {
      saveProfile: (profile) => store.saveProfile(raised(profile)),
    });
  },
};
