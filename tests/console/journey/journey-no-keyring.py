# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop without any secret service: the console works on and says what it cannot keep."""
from journey import *

NOTICE = 'No keyring: passwords and credentials are not kept'


class NoKeyring(Journey):
    def test_this_computer(self):
        for start in range(2):                           # the second start has nothing of the first but the data
            console = self.console()
            console.row('Archive on This Computer').click()
            console.wait_for(NOTICE)
            console.go('Users')
            console.row('admin')
            self.assertEqual(console.quit(), 0)

    def test_server(self):
        server = self.start(Muniment)
        console = self.console()
        console.connect(server)
        console.wait_for('no password service')
        dialog = console.dialog('Sign In')
        self.assertFalse([n for n in dialog.walk() if n.role == 'check box' and n.drawn()])
        console.entry('Password', dialog).text = server.password
        console.press('Sign In', dialog)
        console.wait_for(NOTICE)
        console.go('Users')
        console.row('admin')
        self.assertEqual(files_that_hold(server.password, os.environ['RIG_DIR']), [])

    def test_server_with_a_password_to_remember(self):
        server = self.start(Muniment)
        console = self.console()
        console.connect(server, server.password)
        console.wait_for(NOTICE)
        console.wait_for('Users')


if __name__ == '__main__':
    main()
