-- Run inside Neovim by nvim.py: opens a file, waits for the diagnostic, takes its quick fix, sees the diagnostic go.
-- Environment: LOOPSAFE the binary, SETUP editors/nvim/loopsafe.lua, FOLDER the project, RUNTIME an empty directory.
local patience_ms = 60000
local folder = vim.env.FOLDER

local function fail(text)
  io.stderr:write('FAILED: ' .. text .. '\n')
  vim.cmd('cquit 1')
end

local function expect(wanted, got, what)
  if not vim.deep_equal(wanted, got) then
    fail(what .. ': wanted ' .. vim.inspect(wanted) .. ', got ' .. vim.inspect(got))
  end
end

local function wait_for(what, condition)
  if not vim.wait(patience_ms, condition, 20) then
    local shown = vim.inspect(vim.diagnostic.get(0)) .. vim.inspect(vim.api.nvim_buf_get_lines(0, 0, -1, true))
    fail('waited for ' .. what .. '\n' .. shown)
  end
end

-- As editors/README.md says, for the version that runs.
local function set_up()
  local setup = dofile(vim.env.SETUP)
  setup.cmd = { vim.env.LOOPSAFE, 'server', '--no-cache' }
  if vim.lsp.config then
    vim.fn.mkdir(vim.env.RUNTIME .. '/lsp', 'p')
    vim.fn.writefile(vim.fn.readfile(vim.env.SETUP), vim.env.RUNTIME .. '/lsp/loopsafe.lua')
    vim.opt.runtimepath:prepend(vim.env.RUNTIME)
    vim.lsp.config('loopsafe', { cmd = setup.cmd })
    vim.lsp.enable('loopsafe')
    return
  end
  vim.api.nvim_create_autocmd('FileType', {
    pattern = setup.filetypes,
    callback = function(args)
      local options = { name = 'loopsafe', cmd = setup.cmd, root_dir = folder }
      if vim.lsp.start then
        vim.lsp.start(options)
      else
        options.workspace_folders = { { uri = vim.uri_from_fname(folder), name = folder } }
        vim.lsp.buf_attach_client(args.buf, vim.lsp.start_client(options))
      end
    end,
  })
end

local function codes()
  return vim.tbl_map(function(item) return item.code or item.user_data.lsp.code end, vim.diagnostic.get(0))
end

local function line(row1)
  return vim.api.nvim_buf_get_lines(0, row1 - 1, row1, true)[1]
end

local function act(kind)
  local context = { only = { kind }, diagnostics = {} }
  -- Neovim 0.7 takes the context alone.
  vim.lsp.buf.code_action(vim.lsp.start and { context = context } or context)
end

-- The first of what is offered; older versions ask even when there is one.
vim.ui.select = function(items, _, choose) choose(items[1], 1) end

set_up()
vim.cmd('edit ' .. vim.fn.fnameescape(folder .. '/main.py'))
vim.bo.filetype = 'python'

wait_for('diagnostics', function() return #vim.diagnostic.get(0) == 2 end)
expect({ 'LS101', 'LS101' }, codes(), 'codes')
local found = vim.diagnostic.get(0)[1]
expect({ 5, #'    print("ä𝄞"); ' }, { found.lnum, found.col }, 'row and byte column')
expect('loopsafe', found.source, 'source')

vim.api.nvim_win_set_cursor(0, { 6, found.col })
act('quickfix')
wait_for('the quick fix', function() return line(6) == '    print("ä𝄞"); await asyncio.sleep(1)' end)
wait_for('one diagnostic less', function() return #vim.diagnostic.get(0) == 1 end)

-- What is typed comes in small pieces.
vim.cmd('normal! Gotime.sleep(3)')
wait_for('a new diagnostic', function() return #vim.diagnostic.get(0) == 2 end)

act('source.fixAll.loopsafe')
wait_for('all fixes', function() return #vim.diagnostic.get(0) == 0 end)
expect('    await asyncio.sleep(3)', line(vim.fn.line('$')), 'the last line')
vim.cmd('silent write')
vim.cmd('silent undo')
wait_for('what undo brings back', function() return #vim.diagnostic.get(0) == 2 end)
vim.cmd('quitall!')
