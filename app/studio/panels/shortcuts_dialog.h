// All shortcuts at a glance.
#pragma once

#include <QDialog>

class QMainWindow;

namespace dotmoe {
class TableModel;
}

namespace dotmoe::studio {

/// Those of the menus, and the keys and the mouse of the views. It does not block the window.
class ShortcutsDialog : public QDialog {
    Q_OBJECT

  public:
    explicit ShortcutsDialog(QMainWindow& window);

    /// As they are now.
    void showShortcuts();

  private:
    QMainWindow& m_window;
    TableModel* m_rows;
};

}  // namespace dotmoe::studio
