#include "app/studio/panels/shortcuts_dialog.h"

#include <QDialogButtonBox>
#include <QMainWindow>
#include <QVBoxLayout>

#include "app/studio/commands.h"
#include "app/studio/panels/rows_view.h"
#include "widgets/table_model.h"

namespace dotmoe::studio {
namespace {

/// Of the views, which have them while they have the focus or the mouse.
std::vector<QStringList> keys_of_views() {
    const auto tr = [](const char* text) { return ShortcutsDialog::tr(text); };
    return {
        {tr("Transport plan"), tr("Move over the plan"), tr("arrow keys")},
        {tr("Transport plan"), tr("Zoom, move"), tr("wheel, drag")},
        {tr("Transport plan"), tr("Pin the neuron, forbid it"), tr("P, F, or the context menu")},
        {tr("Sinkhorn scope"), tr("Look at an iteration"), tr("drag, or arrow keys")},
        {tr("Sinkhorn scope"), tr("Back to the end of the solve"), tr("Esc")},
        {tr("Time bar"), tr("To another moment"), tr("drag, or arrow keys")},
        {tr("Any picture"), tr("Save it"), tr("context menu")},
        {tr("Window"), tr("Open a file"), tr("drop it")},
    };
}

}  // namespace

ShortcutsDialog::ShortcutsDialog(QMainWindow& window)
    : QDialog(&window), m_window(window), m_rows(new TableModel(this)) {
    setObjectName("shortcutsDialog");
    setWindowTitle(tr("Keyboard and mouse"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    auto* column = new QVBoxLayout(this);
    column->addWidget(rows_view(m_rows, "shortcuts", tr("Shortcuts")), 1);
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::rejected, this, &QWidget::hide);
}

void ShortcutsDialog::showShortcuts() {
    Table table{{tr("Where"), tr("What"), tr("Keys")}, {}};
    for (const auto& command : commands_of(m_window))
        if (const auto keys = command.shortcut(); !keys.isEmpty())
            table.rows.push_back({command.menu, command.name, keys});
    for (const auto& row : keys_of_views()) table.rows.push_back(row);
    m_rows->setTable(std::move(table));
    const int line = fontMetrics().lineSpacing();
    resize(std::min(40 * line, m_window.width()), std::min(36 * line, m_window.height()));
    show();
    raise();
    activateWindow();
}

}  // namespace dotmoe::studio
