# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that is not ours: 89 functions and none of our own, and keys that nobody knows."""
from journey import *

with open(os.path.join(SOURCE, 'tests/support/mailstore/replies.json')) as f:
    REPLIES = json.load(f)


class WithWebAccess(Journey):
    def setUp(self):
        super().setUp()
        self.server = self.start(Mailstore)
        self.console_ = self.console()
        self.console_.connect(self.server, self.server.password)
        self.console_.wait_for('Directory Services')

    def test_pages_of_this_server(self):
        console = self.console_
        self.assertEqual(console.pages(), ['Dashboard', 'Archive', 'Search', 'Archive Email', 'Users', 'Directory Services',
                                           'Storage Locations', 'Search Indexes'])

    def test_dashboard(self):
        console = self.console_
        console.go('Dashboard')
        console.wait_for('ARCHIVE01')
        console.wait_for('23.4.0.22110')
        console.wait_for('4,829,579')

    def test_archive(self):
        console = self.console_
        console.go('Archive')
        console.row('Archive of frank.clark').click()
        keys('Right')
        console.row('Exchange frank.clark@example.com').click()
        keys('Right')
        console.row('Inbox').click()
        console.wait_for('2 messages')
        console.row('Lunch').click()
        console.wait_for('Bo Berg <bo@example.com>')
        wait(lambda: 'At twelve?' in console.message_text(), 'the text')
        # an archive without folders is answered with 404, which is no error
        console.row('Archive of R&D <x>').click()
        console.wait_for('No Messages')
        self.assertFalse(console.sees('Not Found'))

    def test_search(self):
        console = self.console_
        console.go('Search')
        entry = wait(lambda: next((n for n in console.all('entry') if n.drawn()), None), 'the query')
        entry.text = 'lunch'
        console.press('Search')
        console.wait_for('2 messages')
        console.row('Re: Lunch').click()
        wait(lambda: 'Yes.' in console.message_text(), 'the text')

    def test_user_is_written_field_by_field(self):
        console = self.console_
        console.go('Users')
        console.row('R&D <x>').click()
        console.press('Properties…')
        dialog = console.dialog('R&D <x>')
        self.assertEqual(console.entry('Email Addresses', dialog).text, 'rd@example.com')
        console.entry('Full Name', dialog).text = 'Research & <Development>'
        console.press('Save', dialog)
        console.row('Research & <Development>')
        self.assertEqual(self.server.received('SetUserFullName'),
                         [{'userName': 'R&D <x>', 'fullName': 'Research & <Development>'}])
        with open(self.server.record) as f:
            written = [json.loads(line)['function'] for line in f]
        self.assertEqual([name for name in written if name.startswith(('Set', 'Clear', 'Create', 'Delete'))], ['SetUserFullName'])

    def test_directory_services_keeps_what_it_does_not_know(self):
        console = self.console_
        before = REPLIES['GetDirectoryServicesConfiguration']
        console.go('Directory Services')
        console.wait_for('Sync enabled users only')
        console.switch('Sync enabled users only', console.main(), not before['syncOnlyEnabledUsers'])
        console.press('Save')
        sent = wait(lambda: self.server.received('SetDirectoryServicesConfiguration'), 'the configuration')
        self.assertEqual(sent, [{'config': dict(before, syncOnlyEnabledUsers=not before['syncOnlyEnabledUsers'])}])
        wait(lambda: not [n for n in console.all('push button', 'Save') if n.drawn()], 'Save to go')
        # its credentials are the server's own: nothing of ours is offered
        self.assertTrue(console.sees('Microsoft 365 — '))

    def test_profiles(self):
        console = self.console_
        console.go('Archive Email')
        console.wait_for('rd@example.com via IMAP-SSL (imap.example.com)')
        console.wait_for('4,031 archived')
        self.assertFalse(console.sees('Export to directory'))
        console.press('Run All mailboxes')
        wait(lambda: self.server.received('RunProfile'), 'the run')
        self.assertEqual(self.server.received('RunProfile'), [{'id': '5'}])
        # the report of a run, in whatever words the server has for it
        console.row('1 Mar 2026, 11:00').click()
        wait(lambda: any('Worker completed. Items: 12' in n.text for n in console.all('text') if n.drawn()), 'the report')


class WithoutWebAccess(Journey):
    def test_pages_of_this_server(self):
        server = self.start(Mailstore, '--no-web')
        console = self.console()
        console.connect(server, server.password)
        console.wait_for('Directory Services')
        self.assertEqual(console.pages(), ['Dashboard', 'Archive Email', 'Users', 'Directory Services', 'Storage Locations',
                                           'Search Indexes'])
        for page, text in (('Dashboard', 'ARCHIVE01'), ('Archive Email', 'All mailboxes'), ('Users', 'Frank Clark'),
                           ('Directory Services', 'Synchronize Now'), ('Storage Locations', 'Create Store…'),
                           ('Search Indexes', 'frank.clark')):
            console.go(page)
            console.wait_for(text)


if __name__ == '__main__':
    main()
