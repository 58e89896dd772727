# What Puppet's own parser makes of manifests: reads file names on standard input, one a line, and prints a JSON line for each:
#   {"file": ..., "ok": true, "pn": ..., "refused": ...}
#     pn: the syntax tree in PN, as `puppet parser dump --format pn` prints it; refused: why `puppet parser validate` still
#     does not take the file, or null
#   {"file": ..., "ok": false, "error": ...}
# A file name with a tab and JSON text behind it is not read from disk: the text is the manifest.
# --tasks: `plan` and `apply` are keywords. --epp: the files are EPP templates.
require 'json'
require 'puppet'
require 'puppet/pops'
require 'puppet/pops/pn'

Puppet.initialize_settings([])
Puppet[:tasks] = true if ARGV.include?('--tasks')
evaluating = Puppet::Pops::Parser::EvaluatingParser
evaluating = evaluating::EvaluatingEppParser if ARGV.include?('--epp')
evaluating = evaluating.new
parser = evaluating.parser

# This version of Puppet stops at a parameter that takes the rest of the arguments, for lack of a `.new`.
module Puppet::Pops::PN
  def self.Literal(value)
    Literal.new(value)
  end
end

# PN has no word for an `apply` block; this one is ours, so that plans can be compared.
class Puppet::Pops::Model::PNTransformer
  def transform_ApplyExpression(e)
    entries = [transform(e.arguments).with_name('args')]
    entries << block_as_entry('body', e.body) unless is_nop?(e.body) || (e.body.respond_to?(:statements) && e.body.statements.empty?)
    Puppet::Pops::PN::Map.new(entries).as_call('apply')
  end
end

STDIN.each_line(chomp: true) do |line|
  file, inline = line.split("\t", 2)
  begin
    message = lambda { |e| e.message.lines.first.to_s.strip.encode('utf-8', invalid: :replace, undef: :replace) }
    source = inline.nil? ? File.read(file, encoding: 'utf-8') : JSON.parse(inline, quirks_mode: true)
    tree = parser.parse_string(source, file)
    pn = Puppet::Pops::Model::PNTransformer.transform(tree).to_s
    refused = begin
      evaluating.parse_string(source, file)
      nil
    rescue StandardError => e
      message.call(e)
    end
    puts JSON.generate('file' => file, 'ok' => true, 'pn' => pn, 'refused' => refused)
  rescue StandardError, SystemStackError, LoadError => e
    puts JSON.generate('file' => file, 'ok' => false, 'error' => message.call(e))
  end
end
