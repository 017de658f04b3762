import * as v from 'valibot';
import { settingsSchema } from './config/settings-schema.ts';
import { EngineError } from './errors/engine-error.ts';
import { defaultSettings, type Settings } from './records/settings.ts';

/** The settings with their defaults. Throws `settings-invalid` with a sentence that names the setting and its bounds. */
export function checkedSettings(given: Partial<Settings>): Settings {
  const parsed = v.safeParse(settingsSchema, given);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const name = issue.path?.map(({ key }) => String(key)).join('.') ?? '';
    throw new EngineError('settings-invalid', `The setting ${name} ${issue.message}.`);
  }
  const settings: Settings = { ...defaultSettings, ...given };
  if (settings.leaseMs < settings.cycleBudgetMs) {
    throw new EngineError(
      'settings-invalid',
      `The setting leaseMs is ${settings.leaseMs}, shorter than cycleBudgetMs (${settings.cycleBudgetMs}): a cycle would outlive its lease.`,
    );
  }
  if (settings.throttleBackoffMaxMs < settings.throttleBackoffMs) {
    throw new EngineError(
      'settings-invalid',
      `The setting throttleBackoffMaxMs is ${settings.throttleBackoffMaxMs}, less than throttleBackoffMs (${settings.throttleBackoffMs}).`,
    );
  }
  return settings;
}
