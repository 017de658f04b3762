/** Consumer accounts are served by the front ends of Workspace and hear the same. */
export { faults } from '../gmail-workspace/faults.ts';
