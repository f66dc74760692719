# SPDX-License-Identifier: GPL-3.0-or-later
"""Users against a real server."""
from journey import *

NAME = 'R&D <x>'
MESSAGE = b'From: ann@example.com\r\nSubject: Hello\r\nMessage-ID: <1@example.com>\r\n\r\nHello\r\n'


class Users(Journey):
    def setUp(self):
        super().setUp()
        self.server = self.start(Muniment)
        self.c = self.console()

    def open(self, page):
        self.c.connect(self.server, self.server.password)
        self.c.go(page)

    def info(self, name):
        return self.server.call('GetUserInfo', userName=name)

    def names(self):
        return sorted(user['userName'] for user in self.server.call('GetUsers'))

    def test_create_edit_rename_delete(self):
        c = self.c
        self.server.allow_administrators()
        self.server.call('CreateUser', userName='ann', privileges='login')
        self.server.upload('ann/Inbox', MESSAGE)
        self.open('Users')
        # create
        c.row('ann')
        c.press('Create…')
        dialog = c.dialog('New User')
        c.entry('User Name', dialog).text = NAME
        c.entry('Full Name', dialog).text = 'Research & <Development>'
        c.entry('New Password', dialog).text = 'a horse of its own'
        c.entry('Email Addresses', dialog).text = 'rd@example.com, research@example.com'
        c.switch('Log on to the archive', dialog, True)
        c.switch('Export email', dialog, True)
        c.press('Create', dialog)
        c.row(NAME).click()
        info = self.info(NAME)
        self.assertEqual(info['fullName'], 'Research & <Development>')
        self.assertEqual(info['emailAddresses'], ['rd@example.com', 'research@example.com'])
        self.assertIn('login', info['privileges'])
        self.assertIn('export', info['privileges'])
        self.assertNotIn('admin', info['privileges'])
        # edit: only what is changed changes
        c.press('Properties…')
        dialog = c.dialog(NAME)
        c.entry('Full Name', dialog).text = 'Research'
        c.switch('Export email', dialog, False)
        c.switch('Delete email', dialog, True)
        c.press('Save', dialog)
        c.row('Research')
        edited = self.info(NAME)
        self.assertEqual(edited['fullName'], 'Research')
        self.assertEqual(set(edited['privileges']), set(info['privileges']) - {'export'} | {'delete'})
        self.assertEqual(edited['emailAddresses'], info['emailAddresses'])
        self.assertEqual(edited.get('loginPrivileges'), info.get('loginPrivileges'))
        # the password that was typed works
        self.server.api(self.server.web, '/api/authenticate/internal',
                        json.dumps({'username': NAME, 'password': 'a horse of its own'}).encode(),
                        headers={'Content-Type': 'application/json'})
        # rename
        c.row(NAME).click()
        c.choose('More Actions', 'Rename…')
        dialog = c.dialog('Rename User')
        c.entry('User Name', dialog).text = 'r&d "two"'
        c.press('Rename', dialog)
        c.row('r&d "two"').click()
        self.assertEqual(self.names(), ['admin', 'ann', 'r&d "two"'])
        self.assertEqual(self.info('r&d "two"')['fullName'], 'Research')
        # delete
        c.choose('More Actions', 'Delete…')
        c.wait_for('Delete the User “r&d "two"”?')
        c.press('Delete')
        wait(lambda: self.names() == ['admin', 'ann'], 'the user to go')
        c.wait_for('2 users')

    def test_folder_access(self):
        c = self.c
        self.server.allow_administrators()
        for name in ('ann', 'bo'):
            self.server.call('CreateUser', userName=name, privileges='login')
        self.server.upload('ann/Inbox', MESSAGE)
        self.server.call('SetUserPrivilegesOnFolder', userName='bo', folder='ann', privileges='read')
        self.open('Users')
        c.row('bo').click()
        c.press('Properties…')
        dialog = c.dialog('bo')
        row = wait(lambda: next((n for n in dialog.all('list item') if any(k.name == 'ann' for k in n.all('label'))
                                 and n.all('check box', 'Delete')), None), 'the row of the archive')
        c.switch('Delete', row, True)
        c.press('Save', dialog)
        wait(lambda: [sorted(f['privileges']) for f in self.info('bo')['privilegesOnFolders'] if f['folder'] == 'ann']
             == [['delete', 'read']], 'access to ann')


if __name__ == '__main__':
    main()
