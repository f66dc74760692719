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


if __name__ == '__main__':
    main()
