/** Simulated providers for programs that use the global `fetch`; apart from the rest, so that msw is loaded on demand. */
export { type InterceptedService, mswHandlers } from './msw-handlers.ts';
