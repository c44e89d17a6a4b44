#include "app/studio/commands.h"

#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QSet>
#include <algorithm>

namespace dotmoe::studio {
namespace {

QString plain(QString text) {
    return text.remove(u'&').remove(u'…').trimmed();
}

bool begins_a_word(const QString& name, const QString& typed) {
    for (const auto& word : name.split(u' '))
        if (word.startsWith(typed, Qt::CaseInsensitive)) return true;
    return false;
}

/// How well the name fits, 0 best.
int rank(const Command& command, const QString& typed) {
    if (command.name.startsWith(typed, Qt::CaseInsensitive)) return 0;
    return begins_a_word(command.name, typed.section(u' ', 0, 0)) ? 1 : 2;
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
