import type { Translated } from '../../command/language.ts'

const en = {
  summary: 'completion for your shell',
  description:
    'Prints a script that completes commands, options and providers in bash, zsh or fish.\n\nFor bash: acuse completion bash > ~/.local/share/bash-completion/completions/acuse. For zsh: acuse completion zsh > a folder of $fpath, as _acuse. For fish: acuse completion fish > ~/.config/fish/completions/acuse.fish.',
  arguments: { shell: 'bash, zsh or fish' },
  options: {},
  unknown: (shell: string): string => `There is no completion for '${shell}'.`,
  remedy: 'Give bash, zsh or fish.',
}

type Texts = typeof en

const es: Texts = {
  summary: 'autocompletado para la terminal',
  description:
    'Imprime un script que completa comandos, opciones y proveedores en bash, zsh o fish.\n\nPara bash: acuse completion bash > ~/.local/share/bash-completion/completions/acuse. Para zsh: acuse completion zsh > una carpeta de $fpath, como _acuse. Para fish: acuse completion fish > ~/.config/fish/completions/acuse.fish.',
  arguments: { shell: 'bash, zsh o fish' },
  options: {},
  unknown: (shell) => `No hay autocompletado para '${shell}'.`,
  remedy: 'Indique bash, zsh o fish.',
}

export const texts: Translated<Texts> = { en, es }
