import type { ClassifiedError } from '../errors/error-class.ts';
import type { NewAlert } from '../records/alert.ts';
import type { Mailbox, Workload } from '../records/mailbox.ts';

/** Alerts the schedule raises: code, severity, scope and sentence, side by side. Items have theirs with their workload. */
export const troubleCodes = {
  transient: 'sync-trouble',
  auth: 'auth-trouble',
  throttled: 'sync-throttled',
  disabled: 'mailbox-disabled',
  outage: 'provider-outage',
  manyFailing: 'many-mailboxes-failing',
  fault: 'engine-fault',
  plugIn: 'plug-in-failed',
  noProfile: 'profile-missing',
} as const;

/** What is told of an email that was not sent to everybody, or may not have been. */
export const sendCodes = { uncertain: 'send-uncertain', failed: 'send-failed' } as const;

/** The one of a message's alerts that is cleared by the store. */
export const itemCodes = { quarantined: 'item-quarantined' } as const;

type Subject = Pick<Mailbox, 'id' | 'name' | 'emailServerProfileId'>;

export function troubleAlert(
  mailbox: Subject,
  workload: Workload,
  error: ClassifiedError,
  nth: number,
): NewAlert {
  return ofMailbox(
    mailbox,
    workload,
    'warning',
    troubleCodes.transient,
    `${named(mailbox, workload)} failed ${nth === 1 ? 'once' : `${nth} times in a row`} (${told(error)}); it is tried again by itself.`,
  );
}

export function authAlert(
  mailbox: Subject,
  workload: Workload,
  error: ClassifiedError,
  nth: number,
): NewAlert {
  return ofMailbox(
    mailbox,
    workload,
    'warning',
    troubleCodes.auth,
    `${named(mailbox, workload)} was refused at sign-in ${nth === 1 ? 'once' : `${nth} times`} (${told(error)}); it is tried again, but check the password.`,
  );
}

export function throttledAlert(mailbox: Subject, workload: Workload, error: ClassifiedError): NewAlert {
  return ofMailbox(
    mailbox,
    workload,
    'information',
    troubleCodes.throttled,
    `${named(mailbox, workload)} was asked by the server to slow down (${told(error)}); it waits as it was told, and nothing has to be done.`,
  );
}

export function disabledAlert(mailbox: Subject, workload: Workload, error: ClassifiedError): NewAlert {
  return ofMailbox(
    mailbox,
    workload,
    'error',
    troubleCodes.disabled,
    `${named(mailbox, workload)} was disabled (${told(error)}); correct the cause and enable it again.`,
  );
}

export function faultAlert(mailbox: Subject, workload: Workload, error: ClassifiedError): NewAlert {
  return ofMailbox(
    mailbox,
    workload,
    'error',
    troubleCodes.fault,
    `${named(mailbox, workload)} ended by a fault of the engine itself (${told(error)}); report it, it is tried again by itself.`,
  );
}

export function outageAlert(profileId: string, workload: Workload, failing: number, of: number): NewAlert {
  return ofProfile(
    profileId,
    workload,
    'error',
    troubleCodes.outage,
    `${failing} of ${of} mailboxes of server profile ${profileId} cannot reach the ${workload} server: this looks like an outage of the provider, so no mailbox is disabled for it; look at the provider's status.`,
  );
}

export function manyFailingAlert(
  profileId: string,
  workload: Workload,
  failing: number,
  of: number,
): NewAlert {
  return ofProfile(
    profileId,
    workload,
    'warning',
    troubleCodes.manyFailing,
    `${failing} of ${of} mailboxes of server profile ${profileId} failed in ${workload} within an hour; check the profile's server and its mailboxes.`,
  );
}

export function noProfileAlert(mailbox: Subject, workload: Workload): NewAlert {
  return ofMailbox(
    mailbox,
    workload,
    'error',
    troubleCodes.noProfile,
    `${named(mailbox, workload)} cannot run: there is no server profile ${mailbox.emailServerProfileId}; save it, or give the mailbox another.`,
  );
}

export function plugInAlert(name: string, mailboxId: string, why: string): NewAlert {
  return {
    scope: 'mailbox',
    mailboxId,
    emailServerProfileId: undefined,
    workload: 'incoming',
    severity: 'error',
    code: troubleCodes.plugIn,
    text: `The plug-in ${name} failed on an email of mailbox ${mailboxId} (${why}); the email is stored, correct the plug-in.`,
  };
}

function ofMailbox(
  { id, emailServerProfileId }: Subject,
  workload: Workload,
  severity: NewAlert['severity'],
  code: string,
  text: string,
): NewAlert {
  return { scope: 'mailbox', mailboxId: id, emailServerProfileId, workload, severity, code, text };
}

function ofProfile(
  emailServerProfileId: string,
  workload: Workload,
  severity: NewAlert['severity'],
  code: string,
  text: string,
): NewAlert {
  return {
    scope: 'email-server-profile',
    mailboxId: undefined,
    emailServerProfileId,
    workload,
    severity,
    code,
    text,
  };
}

const named = (mailbox: Subject, workload: Workload): string => `${workload} of mailbox ${mailbox.name}`;
const told = ({ code, text }: ClassifiedError): string => `${code}: ${text}`;
