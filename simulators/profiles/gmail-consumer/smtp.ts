import { smtp as workspace } from '../gmail-workspace/smtp.ts';
import type { SmtpProfile } from '../profile.ts';

/** Consumer Gmail: the same servers as Workspace, with app passwords allowed. */
export const smtp: SmtpProfile = workspace;
