/** The reply of Outlook.com when its outbound filter says no; `verdict` is the filter's word for why. */
export function outboundSpam(verdict: 'RefuseQuota' | 'HipNotify' | 'Suspend'): string {
  const found = `WASCL UserAction verdict is not None. Actual verdict is ${verdict}, ShowTierUpgrade.`;
  return `554 5.2.0 STOREDRV.Submission.Exception:OutboundSpamException; Failed to process message due to a permanent exception with message ${found} OutboundSpamException: ${found} [Hostname={host}]`;
}
