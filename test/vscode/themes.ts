/** A theme's value in the settings, its name in the list, and the class that the workbench carries under it. */
export const themes = {
  dark: { setting: 'Dark Modern', label: 'Dark Modern', workbench: 'vs-dark' },
  light: { setting: 'Light Modern', label: 'Light Modern', workbench: 'vs' },
  highContrast: { setting: 'Default High Contrast', label: 'Dark High Contrast', workbench: 'hc-black' },
  highContrastLight: {
    setting: 'Default High Contrast Light',
    label: 'Light High Contrast',
    workbench: 'hc-light',
  },
} as const

export type Theme = keyof typeof themes
