// Any command by a few letters of its name: type, arrow, Enter.
#pragma once

#include <QFrame>

#include "app/studio/commands.h"

class QLineEdit;
class QMainWindow;
class QTableView;

namespace dotmoe {
class TableModel;
}

namespace dotmoe::studio {

/// Lies over the window; what cannot be done now is not offered. Escape, or a click elsewhere, closes it.
class CommandPalette : public QFrame {
    Q_OBJECT

  public:
    explicit CommandPalette(QMainWindow& window);

    /// Commands that no menu has, such as to look at a layer, are gathered anew each time it opens.
    void open(std::vector<Command> further);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void filter();
    void run();
    void placeItself();

    QMainWindow& m_window;
    std::vector<Command> m_commands, m_shown;
    QLineEdit* m_typed;
    TableModel* m_rows;
    QTableView* m_list;
};

}  // namespace dotmoe::studio
