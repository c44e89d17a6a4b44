#include "app/studio/panels/command_palette.h"

#include <QApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMainWindow>
#include <QVBoxLayout>

#include "app/studio/panels/rows_view.h"
#include "widgets/table_model.h"

namespace dotmoe::studio {

CommandPalette::CommandPalette(QMainWindow& window)
    : QFrame(&window),
      m_window(window),
      m_typed(new QLineEdit),
      m_rows(new TableModel(this)),
      m_list(rows_view(m_rows, "paletteList", tr("Commands found"))) {
    setObjectName("commandPalette");
    setAccessibleName(tr("Command palette"));
    setFrameShape(QFrame::StyledPanel);
    setFrameShadow(QFrame::Raised);
    setAutoFillBackground(true);
    m_typed->setObjectName("paletteText");
    m_typed->setAccessibleName(tr("Command"));
    m_typed->setPlaceholderText(tr("Type a command, a tab or a layer"));
    m_typed->installEventFilter(this);
    m_list->horizontalHeader()->hide();
    m_list->setFocusPolicy(Qt::NoFocus);  // the text keeps it: arrows are passed on
    auto* column = new QVBoxLayout(this);
    column->addWidget(m_typed);
    column->addWidget(m_list, 1);
    hide();
    connect(m_typed, &QLineEdit::textChanged, this, &CommandPalette::filter);
    connect(m_list, &QTableView::clicked, this, &CommandPalette::run);
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, const QWidget* now) {
        if (now != nullptr && !isAncestorOf(now)) hide();
    });
}

void CommandPalette::open(std::vector<Command> further) {
    m_commands.clear();
    for (auto& command : commands_of(m_window))
        if (command.action->isEnabled()) m_commands.push_back(std::move(command));
    std::ranges::move(further, std::back_inserter(m_commands));
    m_typed->clear();
    filter();
    placeItself();
    show();
    raise();
    m_typed->setFocus();
}

void CommandPalette::placeItself() {
    const int line = fontMetrics().lineSpacing();
    const QSize size(std::min(m_window.width() - 2 * line, 44 * line),
                     std::min(m_window.height() - 8 * line, 22 * line));
    setGeometry({{(m_window.width() - size.width()) / 2, 4 * line}, size});
}

void CommandPalette::filter() {
    m_shown = matching(m_commands, m_typed->text());
    Table table{{tr("Command"), tr("Menu"), tr("Shortcut")}, {}};
    for (const auto& command : m_shown)
        table.rows.push_back({command.name, command.menu, command.shortcut()});
    m_rows->setTable(std::move(table));
    m_list->selectRow(0);
}

void CommandPalette::run() {
    const int row = m_list->currentIndex().row();
    if (row < 0 || row >= std::ssize(m_shown)) return;
    const auto action = m_shown[static_cast<std::size_t>(row)].action;
    hide();
    if (action) action->trigger();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched != m_typed || event->type() != QEvent::KeyPress) return QFrame::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    switch (key->key()) {
        case Qt::Key_Escape:
            hide();
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            run();
            return true;
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_PageUp:
        case Qt::Key_PageDown:
            QApplication::sendEvent(m_list, event);
            return true;
        default:
            return QFrame::eventFilter(watched, event);
    }
}

}  // namespace dotmoe::studio
