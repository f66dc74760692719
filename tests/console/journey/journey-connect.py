# SPDX-License-Identifier: GPL-3.0-or-later
"""Connecting: certificates, passwords, and what is said when it does not work."""
from journey import *


class Connect(Journey):
    def test_unknown_certificate_then_password(self):
        server = self.start(Mailstore)
        console = self.console()
        console.connect(server, trust=False)
        # nobody is asked for a password before the server is known
        console.wait_for('Trust This Server?')
        self.assertFalse(console.sees('Sign In'))
        shown = next(n.name for n in console.walk() if n.role == 'label' and re.match(r'([0-9A-F]{4} ){3}', n.name))
        self.assertEqual(''.join(re.findall(r'\b[0-9A-F]{4}\b', shown)), server.ready['certificateFingerprint'])
        self.assertEqual(server.received('GetServerInfo'), [])
        console.press('Trust')
        console.wait_for('Sign In')
        self.assertFalse(console.sees('refused'))
        console.sign_in('wrong password')
        console.wait_for('The server refused the user name or the password')
        self.assertFalse(console.sees('Users'))
        console.sign_in(server.password)
        console.wait_for('Users')
        self.assertEqual(console.quit(), 0)

    def attributes(self, server, user='admin'):
        return ('server', '127.0.0.1:%d' % server.admin, 'user', user)

    def test_password_is_kept_in_the_keyring_only(self):
        server = self.start(Muniment)
        console = self.console()
        console.connect(server, server.password)
        console.wait_for('Users')
        wait(lambda: secret(*self.attributes(server)) == server.password, 'password in the keyring')
        self.assertEqual(console.quit(), 0)
        # the second start knows certificate and password
        again = self.console()
        again.row('127.0.0.1').click()
        again.wait_for('Users')
        for name in ('cmdline', 'environ'):
            with open('/proc/%d/%s' % (again.p.pid, name), 'rb') as f:
                self.assertNotIn(server.password.encode(), f.read())
        self.assertEqual(again.quit(), 0)
        with open(os.path.join(os.environ['XDG_CONFIG_HOME'], 'glib-2.0/settings/keyfile')) as f:
            self.assertIn(server.ready['certificateFingerprint'].upper(), f.read())
        for text in (server.password, base64.b64encode(('admin:' + server.password).encode()).decode()):
            self.assertEqual(files_that_hold(text, os.environ['RIG_DIR']), [])

    def test_not_kept_when_not_wanted(self):
        server = self.start(Mailstore)
        console = self.console()
        console.connect(server)
        console.sign_in(server.password, remember=False)
        console.wait_for('Users')
        self.assertIsNone(secret(*self.attributes(server)))

    def test_unreachable(self):
        server = self.start(Mailstore)
        server.stop()
        console = self.console()
        console.connect(server, 'any', trust=False)
        console.wait_for('Server Not Reached')
        console.wait_for('The server does not answer.')
        console.wait_for('127.0.0.1: Server Not Reached')
        # what cannot be reached is mended from here
        console.find('push button', 'Edit 127.0.0.1').do()
        console.press('Remove Server', console.dialog('Edit Server'))
        wait(lambda: not console.sees('Saved Servers'), 'the entry to go')

    def test_not_an_archive(self):
        server = self.start(Mailstore)
        console = self.console()
        # what answers on the port of Web Access has no Administration API
        console.connect(server, server.password, address='127.0.0.1:%d' % server.web)
        console.wait_for('Not an Archive Server')
        self.assertEqual(server.received('GetServerInfo'), [])

    def test_no_privilege_for_the_api(self):
        server = self.start(Mailstore, '--deny')
        console = self.console()
        console.connect(server, server.password)
        console.wait_for('Not Permitted')
        console.wait_for(re.compile('privilege'))

    def test_no_privilege_on_our_server(self):
        server = self.start(Muniment)
        server.call('CreateUser', userName='ann', privileges='login', password='another horse')
        console = self.console()
        console.connect(server, 'another horse', user='ann')
        console.wait_for('Not Permitted')

    def test_changed_certificate_is_refused(self):
        server = self.start(Mailstore)
        console = self.console()
        console.connect(server, server.password)
        console.wait_for('Users')
        self.assertEqual(console.quit(), 0)
        server.stop()
        other = self.start(Mailstore, '--admin-port', str(server.admin), '--web-port', str(server.web))
        again = self.console()
        again.row('127.0.0.1').click()
        again.wait_for('The Server’s Certificate Has Changed')
        self.assertFalse([n for n in again.all('push button', 'Trust') if n.drawn()])
        fingerprints = [''.join(re.findall(r'\b[0-9A-F]{4}\b', n.name)) for n in again.walk()
                        if n.role == 'label' and re.match(r'([0-9A-F]{4} ){3}', n.name)]
        self.assertIn(server.ready['certificateFingerprint'], fingerprints)
        self.assertIn(other.ready['certificateFingerprint'], fingerprints)
        self.assertEqual(other.received('GetServerInfo'), [])
        # the way out: the old one is forgotten in the server's entry
        again.press('Edit Server…')
        dialog = again.dialog('Edit Server')
        again.press('Forget', dialog)
        again.press('Connect', dialog)
        again.wait_for('Trust This Server?')
        again.press('Trust')
        again.wait_for('Users')

    def test_removed_server_takes_its_password_along(self):
        server = self.start(Mailstore)
        console = self.console()
        console.connect(server, server.password)
        console.wait_for('Users')
        wait(lambda: secret(*self.attributes(server)), 'password in the keyring')
        self.assertEqual(console.quit(), 0)
        server.stop()
        self.start(Mailstore, '--admin-port', str(server.admin))
        again = self.console()
        again.row('127.0.0.1').click()
        again.wait_for('The Server’s Certificate Has Changed')
        again.press('Edit Server…')
        again.press('Remove Server', again.dialog('Edit Server'))
        wait(lambda: secret(*self.attributes(server)) is None, 'the password to go')
        again.wait_for('Welcome to Muniment')
        self.assertFalse(again.sees('Saved Servers'))


if __name__ == '__main__':
    main()
