node default {
  include profile::agent
  include profile::hostname
  include profile::bus
}
