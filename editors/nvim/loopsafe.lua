-- loopsafe for Neovim 0.11 and newer: copy this file to lsp/loopsafe.lua in your configuration directory and write
-- vim.lsp.enable('loopsafe') in init.lua. For older versions see editors/README.md.
return {
  cmd = { 'loopsafe', 'server' },
  filetypes = { 'python' },
  root_markers = { 'loopsafe.toml', '.loopsafe.toml', 'pyproject.toml', 'setup.py', 'setup.cfg', '.git' },
}
