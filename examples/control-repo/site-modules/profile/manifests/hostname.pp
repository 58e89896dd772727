# The name of the node is its certificate's name.
class profile::hostname (
  String $local_hostname = $trusted['certname'],
) {
  exec { 'set hostname':
    command => "hostnamectl set-hostname ${local_hostname}",
    unless  => "test \"$(hostnamectl --static)\" = '${local_hostname}'",
    path    => ['/usr/bin', '/bin'],
  }
}
