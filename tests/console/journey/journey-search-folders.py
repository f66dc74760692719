# SPDX-License-Identifier: GPL-3.0-or-later
"""Searches kept by name: saved, opened, edited, renamed, deleted."""
from journey import *


def mail(n, word):
    return (b'From: sender%d@example.com\r\nTo: bo@example.com\r\nSubject: Note %d\r\nMessage-ID: <n%d@example.com>\r\n'
            b'Date: Sun, 01 Mar 2026 %02d:00:00 +0000\r\n\r\n%s\r\n' % (n, n, n, n, word))


class SearchFolders(Journey):
    def setUp(self):
        super().setUp()
        self.server = self.start(Muniment)
        self.server.allow_administrators()
        self.server.call('CreateUser', userName='bo', privileges='login')
        self.server.upload('bo/Inbox', *[mail(n, b'garden') for n in range(1, 4)], *[mail(n, b'house') for n in range(4, 6)])
        self.server.upload('bo/Old', mail(6, b'garden'))
        self.c = self.console()
        self.c.connect(self.server, self.server.password)
        self.c.go('Search')
        self.query = wait(lambda: next((n for n in self.c.all('entry') if n.drawn()), None), 'the query')

    def popup(self):
        """the list; the pointer comes from elsewhere: GTK does not know one that stood still while a dialog came and went"""
        sh('xdotool', 'mousemove', '--sync', '700', '600')
        self.c.button('Search Folders').click()

    def save(self, name, button='Save'):
        """the search that the page shows; popovers have coordinates of their own, so nothing is asked about the screen there"""
        c = self.c
        self.popup()
        wait(lambda: next((n for n in c.all('push button', 'Save as Search Folder…') if n.sensitive), None), 'the button to save').do()
        dialog = c.dialog('Save as Search Folder')
        c.entry('Name', dialog).text = name
        c.press(button, dialog)
        c.wait_for('Search folder “%s” saved' % name)

    def names(self):
        """what the open popover lists"""
        return [n.name.partition(', ')[0] for n in self.c.main().walk()
                if n.role == 'list item' and next(n.parents()).name == 'Search Folders']

    def expect(self, *names):
        """what the popover lists, which stays open"""
        self.popup()
        wait(lambda: self.names() == list(names), 'the search folders %s' % (names,))

    def choose(self, folder, item):
        self.popup()
        wait(lambda: next((n for n in self.c.walk() if n.name == 'Actions for ' + folder and n.actions()), None), 'the menu of ' + folder).do()
        wait(lambda: next((n for n in self.c.walk() if n.role == 'menu item' and n.name == item and n.sensitive), None), 'item %r' % item).do()

    def test_life(self):
        c = self.c
        # nothing is asked yet: there is nothing to save
        self.popup()
        save = wait(lambda: next(iter(c.all('push button', 'Save as Search Folder…')), None), 'the button to save')
        self.assertFalse(save.sensitive)
        keys('Escape')
        self.query.text = 'garden'
        c.press('Search')
        c.wait_for('4 messages')
        self.save('Gardens')
        # another search, then back by the keyboard alone
        self.query.text = 'house'
        c.press('Search')
        c.wait_for('2 messages')
        self.save('Houses')
        self.expect('Gardens', 'Houses')
        keys('Return')
        c.wait_for('4 messages')
        self.assertEqual(self.query.text, 'garden')
        # edited: the form is there, and the same name replaces
        self.choose('Gardens', 'Edit')
        c.entry('Folder', c.main()).text = 'bo/Inbox'
        c.press('Search')
        c.wait_for('3 messages')
        self.save('gardens', 'Replace')
        self.expect('gardens', 'Houses')
        keys('Escape')
        # renamed, not into another one
        self.choose('gardens', 'Rename…')
        dialog = c.dialog('Rename Search Folder')
        c.entry('Name', dialog).text = 'houses'
        c.wait_for('Another search folder has this name.')
        self.assertFalse(next(n for n in dialog.all('push button', 'Rename')).sensitive)
        c.entry('Name', dialog).text = 'Plants'
        c.press('Rename', dialog)
        self.expect('Houses', 'Plants')
        keys('Escape')
        # the same on the Archive page, and from there to what it asks
        c.go('Archive')
        c.row('Search Folders').click()
        keys('Right')
        c.row('Plants').click()
        c.wait_for('3 messages')
        keys('ctrl+f')
        c.button('Remove “Folder: bo/Inbox”')
        # a folder that is gone is said, and the search can be mended
        self.server.call('MoveFolder', fromFolder='bo/Inbox', toFolder='bo/Moved')
        c.press('Search')
        c.wait_for('There is no folder “bo/Inbox” any more')
        c.press('Remove “Folder: bo/Inbox”')
        c.wait_for('4 messages')
        # deleted
        self.choose('Houses', 'Delete…')
        c.wait_for('Delete the Search Folder “Houses”?')
        c.press('Delete', c.children()[-1])
        self.expect('Plants')
        keys('Escape')
        c.go('Archive')
        c.row('Plants')
        self.assertFalse(any(n.name == 'Houses' and n.drawn() for n in c.walk(deep=True)))


if __name__ == '__main__':
    main()
