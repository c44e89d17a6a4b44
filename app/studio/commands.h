// Everything that can be told to a window, as a list: for the command palette and the overview of shortcuts.
#pragma once

#include <QAction>
#include <QPointer>
#include <vector>

class QMainWindow;

namespace dotmoe::studio {

struct Command {
    QString name;  ///< as a person reads it, without accelerator and ellipsis
    QString menu;  ///< the menu, or the view, that has it
    QPointer<QAction> action;

    QString shortcut() const;
};

/// The visible actions of the menu bar in its order, then those of the panels.
std::vector<Command> commands_of(const QMainWindow& window);

/// Those in whose name or menu every typed word occurs: a name that begins with what was typed first, then
/// those with a word that does, the earlier the better, then the rest; in their order otherwise.
std::vector<Command> matching(const std::vector<Command>& commands, const QString& typed);

}  // namespace dotmoe::studio
