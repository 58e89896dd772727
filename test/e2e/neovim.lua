-- Drives a headless Neovim: opens a manifest, waits for what the language server says of it, changes a timer in another buffer,
-- closes that one again, applies the preferred fix in a unit, and writes down what was shown each time.
local job = vim.fn.json_decode(os.getenv('FLEETLINT_JOB'))

local function shown(buffer)
  local list = {}
  for _, diagnostic in ipairs(vim.diagnostic.get(buffer)) do
    local lsp = (diagnostic.user_data or {}).lsp or {}
    local related = {}
    for _, place in ipairs(lsp.relatedInformation or {}) do
      table.insert(related, vim.fn.fnamemodify(vim.uri_to_fname(place.location.uri), ':t'))
    end
    table.insert(list, { line = diagnostic.lnum + 1, severity = diagnostic.severity, code = lsp.code, related = related })
  end
  return list
end

local function wait(condition)
  vim.wait(20000, condition, 20)
end

local client = vim.lsp.start_client({ name = 'fleetlint', cmd = job.command, root_dir = job.root })
local function open(name)
  vim.cmd('edit ' .. job.root .. '/' .. name)
  local buffer = vim.api.nvim_get_current_buf()
  vim.lsp.buf_attach_client(buffer, client)
  return buffer
end

local function text(buffer)
  return vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
end

local result = {}
local manifest = open('report.pp')
wait(function() return #shown(manifest) > 0 end)
result.opened = shown(manifest)

local timer = open('puppet-run.timer')
vim.api.nvim_buf_set_lines(timer, 0, -1, false, { '[Timer]', 'OnCalendar=yearly' })
wait(function() return #shown(manifest) == 0 end)
result.timerChanged = shown(manifest)

vim.cmd('bdelete! ' .. timer)
wait(function() return #shown(manifest) > 0 end)
result.timerClosed = shown(manifest)

local unit = open('puppet-run.service')
wait(function() return #shown(unit) > 0 end)
result.unit = shown(unit)
vim.api.nvim_win_set_cursor(0, { result.unit[1].line, 0 })
-- What Neovim would list; the user takes the one that the server prefers.
local titles = {}
vim.ui.select = function(items, _, choose)
  for _, item in ipairs(items) do
    table.insert(titles, item[2].title)
    if item[2].isPreferred then choose(item) end
  end
end
vim.lsp.buf.code_action()
wait(function() return #text(unit) > 5 end)
result.titles = titles
result.fixed = text(unit)
wait(function() return #shown(unit) == 0 end)
result.unitFixed = shown(unit)

vim.fn.writefile({ vim.fn.json_encode(result) }, job.result)
vim.lsp.stop_client(client)
vim.cmd('qall!')
