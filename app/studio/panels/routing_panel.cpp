#include "app/studio/panels/routing_panel.h"

#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSignalBlocker>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include "pipeline/live_routing.h"
#include "widgets/routing_map.h"
#include "widgets/routing_table_model.h"
#include "widgets/token_canvas.h"

namespace dotmoe::studio {
namespace {

QString invitation() {
    return RoutingPanel::tr(
        "Type a text. While a conversion runs and after it, each token takes the colour of its expert.");
}

QTableView* routing_table(QAbstractItemModel* rows) {
    auto* table = new QTableView;
    table->setObjectName("routingTable");
    table->setAccessibleName(RoutingPanel::tr("Experts of every token"));
    table->setModel(rows);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setTabKeyNavigation(false);
    table->setShowGrid(false);
    table->setAlternatingRowColors(true);
    table->setWordWrap(false);
    table->verticalHeader()->hide();
    table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table->verticalHeader()->setDefaultSectionSize(table->fontMetrics().height() + 6);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table->horizontalHeader()->setSectionResizeMode(RoutingTableModel::others, QHeaderView::Stretch);
    table->horizontalHeader()->setHighlightSections(false);
    return table;
}

}  // namespace

RoutingPanel::RoutingPanel(QWidget* parent)
    : QWidget(parent),
      m_text(new QPlainTextEdit(QString::fromUtf8(sample_text.data(), sample_text.size()))),
      m_hint(new QLabel(invitation())),
      m_canvas(new TokenCanvas),
      m_map(new RoutingMap),
      m_rows(new RoutingTableModel(this)) {
    m_text->setObjectName("routedText");
    m_text->setAccessibleName(tr("Text to route"));
    m_text->setTabChangesFocus(true);
    m_text->setFixedHeight(4 * m_text->fontMetrics().lineSpacing());
    m_hint->setForegroundRole(QPalette::PlaceholderText);
    m_hint->setWordWrap(true);
    m_canvas->setObjectName("tokens");
    m_map->setObjectName("routingMap");
    m_table = routing_table(m_rows);

    auto* upper = new QSplitter(Qt::Horizontal);
    upper->addWidget(m_canvas);
    upper->addWidget(m_table);
    upper->setStretchFactor(0, 3);
    upper->setStretchFactor(1, 2);
    upper->setSizes({420, 380});
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->addWidget(upper);
    splitter->addWidget(m_map);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    for (auto* each : {upper, splitter}) each->setChildrenCollapsible(false);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->addWidget(m_text);
    column->addWidget(m_hint);
    column->addWidget(splitter, 1);

    m_typed.setSingleShot(true);
    m_typed.setInterval(150);
    connect(m_text, &QPlainTextEdit::textChanged, this, [this] { m_typed.start(); });
    connect(&m_typed, &QTimer::timeout, this, [this] { emit textEdited(text()); });
    connect(m_canvas, &TokenCanvas::tokenClicked, this, &RoutingPanel::selectToken);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) {
                if (current.isValid()) selectToken(current.row());
            });
    connect(m_map, &RoutingMap::layerClicked, this, &RoutingPanel::layerChosen);
}

QString RoutingPanel::text() const {
    return m_ownText.value_or(m_text->toPlainText());
}

void RoutingPanel::setRouting(const std::shared_ptr<const RoutingSnapshot>& routing) {
    m_hint->setVisible(!routing);
    m_routedText = routing ? QString::fromStdString(routing->text) : QString();
    if (m_ownText) showText(m_routedText);
    m_canvas->setSnapshot(routing);
    m_map->setSnapshot(routing);
    m_rows->setSnapshot(routing);
    if (!routing || routing->tokens.empty()) return m_map->setToken(-1);
    // The canvas keeps its token while the text is the same, the reset table does not. Selecting scrolls the
    // canvas, which must stay where the user left it while new pictures of the same text come in.
    const int token = m_canvas->selectedToken();
    if (token < 0) return selectToken(0);
    m_map->setToken(token);
    m_table->selectRow(token);
}

void RoutingPanel::setLayer(int layer) {
    m_canvas->setLayer(layer);
    m_map->setLayer(layer);
    m_rows->setLayer(layer);
    if (m_canvas->selectedToken() >= 0) m_table->selectRow(m_canvas->selectedToken());
}

void RoutingPanel::setLive(bool live) {
    if (live == !m_ownText) return;
    if (live) {
        showText(*std::exchange(m_ownText, std::nullopt));
    } else {
        m_ownText = m_text->toPlainText();
        showText(m_routedText);
    }
    m_text->setReadOnly(!live);
    m_hint->setText(live ? invitation() : tr("No text had been routed by then."));
}

void RoutingPanel::showText(const QString& text) {
    if (text == m_text->toPlainText()) return;
    const QSignalBlocker quiet(m_text);
    m_text->setPlainText(text);
}

void RoutingPanel::selectToken(int token) {
    if (token != m_canvas->selectedToken()) m_canvas->selectToken(token);
    m_map->setToken(token);
    if (token != m_table->currentIndex().row()) m_table->selectRow(token);
}

}  // namespace dotmoe::studio
