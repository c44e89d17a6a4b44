#include "app/studio/commands.h"

#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QSet>
#include <algorithm>
#include <limits>

namespace dotmoe::studio {
namespace {

QString plain(QString text) {
    return text.remove(u'&').remove(u'…').trimmed();
}

/// How well the name fits: 0 where it begins so, else which of its words does, then the rest.
qsizetype rank(const Command& command, const QString& typed) {
    if (command.name.startsWith(typed, Qt::CaseInsensitive)) return 0;
    const auto words = command.name.split(u' ');
    const auto first = typed.section(u' ', 0, 0);
    const auto found = std::ranges::find_if(
        words, [&](const QString& word) { return word.startsWith(first, Qt::CaseInsensitive); });
    return found == words.end() ? std::numeric_limits<qsizetype>::max() : 1 + (found - words.begin());
}

void gather(const QList<QAction*>& actions, const QString& menu, QSet<QAction*>& seen,
            std::vector<Command>& commands) {
    for (auto* action : actions) {
        if (auto* inner = action->menu()) {
            const auto title = plain(inner->title());
            gather(inner->actions(), menu.isEmpty() ? title : menu + QStringLiteral(" › ") + title, seen,
                   commands);
            continue;
        }
        if (action->isSeparator() || !action->isVisible() || action->text().isEmpty()) continue;
        if (seen.contains(action)) continue;
        seen.insert(action);
        commands.push_back({plain(action->text()), menu, action});
    }
}

}  // namespace

QString Command::shortcut() const {
    return action ? action->shortcut().toString(QKeySequence::NativeText) : QString();
}

std::vector<Command> commands_of(const QMainWindow& window) {
    std::vector<Command> commands;
    QSet<QAction*> seen;
    gather(window.menuBar()->actions(), {}, seen, commands);
    for (const auto* widget : window.findChildren<QWidget*>())
        if (qobject_cast<const QMenu*>(widget) == nullptr && qobject_cast<const QMenuBar*>(widget) == nullptr)
            gather(widget->actions(), widget->accessibleName(), seen, commands);
    return commands;
}

std::vector<Command> matching(const std::vector<Command>& commands, const QString& typed) {
    const auto words = typed.split(u' ', Qt::SkipEmptyParts);
    std::vector<Command> found;
    std::ranges::copy_if(commands, std::back_inserter(found), [&](const Command& command) {
        return std::ranges::all_of(words, [&](const QString& word) {
            return command.name.contains(word, Qt::CaseInsensitive) ||
                   command.menu.contains(word, Qt::CaseInsensitive);
        });
    });
    const auto wanted = words.join(u' ');
    std::ranges::stable_sort(found, {}, [&](const Command& command) { return rank(command, wanted); });
    return found;
}

}  // namespace dotmoe::studio
