-- Drives a headless Neovim: opens a unit, waits for what the language server says of it, changes its timer in another
-- buffer, closes that one again, and writes down what was shown each time.
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

local result = {}
local unit = open('name.service')
wait(function() return #shown(unit) > 0 end)
result.opened = shown(unit)

local timer = open('name.timer')
vim.api.nvim_buf_set_lines(timer, 0, -1, false, { '[Timer]', 'OnCalendar=daily' })
wait(function() return #shown(unit) == 0 end)
result.timerChanged = shown(unit)

vim.cmd('bdelete! ' .. timer)
wait(function() return #shown(unit) > 0 end)
result.timerClosed = shown(unit)

vim.fn.writefile({ vim.fn.json_encode(result) }, job.result)
vim.lsp.stop_client(client)
vim.cmd('qall!')
