#include "app/studio/panels/continuation_panel.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QVBoxLayout>
#include <algorithm>

#include "app/studio/panels/choice_button.h"
#include "widgets/routing_access.h"

namespace dotmoe::studio {

ContinuationPanel::ContinuationPanel(QAction* clear, QWidget* parent)
    : QWidget(parent), m_hint(new QLabel), m_list(new QListWidget) {
    m_hint->setObjectName("forcingHint");
    m_list->setObjectName("forcings");
    m_list->setAccessibleName(tr("Forced experts"));
    m_list->setToolTip(tr("Delete leaves the selected one to the router"));
    m_list->installEventFilter(this);
    m_list->setMinimumHeight(2 * m_list->fontMetrics().height());
    auto* bar = new QHBoxLayout;
    bar->addWidget(m_hint, 1);
    bar->addWidget(new ChoiceButton(clear));
    auto* texts = new QHBoxLayout;
    for (const auto& [side, name, heading] :
         {std::tuple{RoutingTrial::Side::routed, "routedContinuation", tr("As routed")},
          {RoutingTrial::Side::forced, "forcedContinuation", tr("As forced")}}) {
        auto* text = m_pages[static_cast<std::size_t>(side)] = new QPlainTextEdit;
        text->setObjectName(QString::fromLatin1(name));
        text->setAccessibleName(tr("Continuation: %1").arg(heading));
        text->setReadOnly(true);
        text->setTabChangesFocus(true);
        text->setMinimumHeight(3 * text->fontMetrics().lineSpacing());
        auto* column = new QVBoxLayout;
        column->setSpacing(2);
        column->addWidget(new QLabel(heading));
        column->addWidget(text, 1);
        texts->addLayout(column);
    }
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 4, 4, 4);
    column->addLayout(bar);
    column->addWidget(m_list, 1);
    column->addLayout(texts, 2);
    setForcings({}, {});
}

void ContinuationPanel::setForcings(const std::vector<Forcing>& forcings,
                                    const std::vector<std::string>& tokens) {
    m_forcings = forcings;
    m_list->clear();
    for (const auto& [token, layer, expert, on] : forcings) {
        const auto index = static_cast<std::size_t>(token);
        m_list->addItem(
            (on ? tr("%1 “%2” · layer %3 · expert %4 on") : tr("%1 “%2” · layer %3 · expert %4 off"))
                .arg(token)
                .arg(index < tokens.size() ? printable(tokens[index]) : QString())
                .arg(layer)
                .arg(expert));
    }
    m_hint->setText(forcings.empty() ? tr("Nothing is forced") : tr("Forced: %1").arg(forcings.size()));
    if (!forcings.empty()) return;
    for (auto* text : m_pages) text->clear();
}

void ContinuationPanel::begin(RoutingTrial::Side side) {
    page(side)->clear();
}

void ContinuationPanel::append(RoutingTrial::Side side, const QString& piece) {
    page(side)->moveCursor(QTextCursor::End);
    page(side)->insertPlainText(piece);
    markDifference();
}

void ContinuationPanel::markDifference() {
    auto* forced = page(RoutingTrial::Side::forced);
    const QString one = page(RoutingTrial::Side::routed)->toPlainText(), other = forced->toPlainText();
    const auto apart = std::ranges::mismatch(one, other).in2 - other.begin();
    QTextEdit::ExtraSelection rest;
    rest.cursor = QTextCursor(forced->document());
    rest.cursor.setPosition(static_cast<int>(apart));
    rest.cursor.movePosition(QTextCursor::End, QTextCursor::KeepAnchor);
    rest.format.setFontUnderline(true);
    forced->setExtraSelections({rest});
}

bool ContinuationPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched != m_list || event->type() != QEvent::KeyPress) return QWidget::eventFilter(watched, event);
    const int row = m_list->currentRow();
    if (static_cast<QKeyEvent*>(event)->key() != Qt::Key_Delete || row < 0) return false;
    const Forcing forcing = m_forcings[static_cast<std::size_t>(row)];  // the list changes by it
    emit freeWanted(forcing);
    return true;
}

}  // namespace dotmoe::studio
