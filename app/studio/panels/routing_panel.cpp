#include "app/studio/panels/routing_panel.h"

#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSignalBlocker>
#include <QSplitter>
#include <QTabWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "app/studio/actions.h"
#include "app/studio/panels/choice_button.h"
#include "app/studio/panels/continuation_panel.h"
#include "pipeline/live_routing.h"
#include "widgets/blame_bars.h"
#include "widgets/effect_curve.h"
#include "widgets/expert_map.h"
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
    table->horizontalHeader()->setStretchLastSection(true);
    table->horizontalHeader()->setHighlightSections(false);
    return table;
}

}  // namespace

RoutingPanel::RoutingPanel(const Actions& actions, std::shared_ptr<OpenedModels> models, QWidget* parent)
    : QWidget(parent),
      m_trial(std::move(models)),
      m_text(new QPlainTextEdit(QString::fromUtf8(sample_text.data(), sample_text.size()))),
      m_hint(new QLabel(invitation())),
      m_asking(new QLabel),
      m_canvas(new TokenCanvas),
      m_map(new RoutingMap),
      m_experts(new ExpertMap),
      m_effect(new EffectCurve),
      m_blame(new BlameBars),
      m_tables(new QTabWidget),
      m_maps(new QTabWidget),
      m_continuation(new ContinuationPanel(actions.clearForcings)),
      m_rows(new RoutingTableModel(this)) {
    m_text->setObjectName("routedText");
    m_text->setAccessibleName(tr("Text to route"));
    m_text->setTabChangesFocus(true);
    m_text->setFixedHeight(3 * m_text->fontMetrics().lineSpacing());
    m_hint->setForegroundRole(QPalette::PlaceholderText);
    m_hint->setWordWrap(true);
    m_asking->setObjectName("routingProgress");
    m_asking->setForegroundRole(QPalette::PlaceholderText);
    m_canvas->setObjectName("tokens");

    auto* bar = new QHBoxLayout;
    bar->addWidget(new ChoiceButton(actions.colourByKl));
    bar->addWidget(m_hint, 1);
    bar->addWidget(m_asking);
    auto* upper = new QSplitter(Qt::Horizontal);
    upper->addWidget(m_canvas);
    upper->addWidget(buildTables());
    upper->setStretchFactor(0, 3);
    upper->setStretchFactor(1, 2);
    upper->setSizes({420, 380});
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->addWidget(upper);
    splitter->addWidget(buildMaps());
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    for (auto* each : {upper, splitter}) each->setChildrenCollapsible(false);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->addWidget(m_text);
    column->addLayout(bar);
    column->addWidget(splitter, 1);

    m_typed.setSingleShot(true);
    m_typed.setInterval(150);
    connect(actions.colourByKl, &QAction::toggled, m_canvas, [this](bool byKl) {
        m_canvas->setColouring(byKl ? TokenColouring::divergence : TokenColouring::expert);
    });
    connect(actions.clearForcings, &QAction::triggered, &m_forcings, &Forcings::clear);
    wireViews();
    wireTrial();
}

QWidget* RoutingPanel::buildTables() {
    m_table = routing_table(m_rows);
    m_tables->setObjectName("routingTables");
    m_tables->setDocumentMode(true);
    m_tables->addTab(m_table, tr("Tokens"));
    m_tables->addTab(m_continuation, tr("Continuation"));
    return m_tables;
}

QWidget* RoutingPanel::buildMaps() {
    m_map->setObjectName("routingMap");
    m_experts->setObjectName("expertMap");
    m_effect->setObjectName("forcingEffect");
    m_blame->setObjectName("blame");
    m_maps->setObjectName("routingMaps");
    m_maps->setDocumentMode(true);
    m_maps->addTab(m_map, tr("Best experts"));
    m_maps->addTab(m_experts, tr("All experts"));
    m_maps->addTab(m_effect, tr("Effect"));
    m_maps->addTab(m_blame, tr("Blame"));
    return m_maps;
}

void RoutingPanel::wireViews() {
    connect(m_text, &QPlainTextEdit::textChanged, this, [this] { m_typed.start(); });
    connect(&m_typed, &QTimer::timeout, this, [this] {
        forgetAnswers();
        m_trial.setText(text());
        emit textEdited(text());
    });
    connect(m_canvas, &TokenCanvas::tokenClicked, this, &RoutingPanel::selectToken);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) {
                if (current.isValid()) selectToken(current.row());
            });
    connect(m_map, &RoutingMap::layerClicked, this, &RoutingPanel::chooseLayer);
    connect(m_experts, &ExpertMap::layerClicked, this, &RoutingPanel::chooseLayer);
    connect(m_experts, &ExpertMap::forceWanted, this, [this](int layer, int expert, bool on) {
        m_forcings.force({m_canvas->selectedToken(), layer, expert, on});
    });
    connect(m_experts, &ExpertMap::freeWanted, this, [this](int layer, int expert) {
        m_forcings.free({m_canvas->selectedToken(), layer, expert});
    });
    connect(m_continuation, &ContinuationPanel::freeWanted, &m_forcings, &Forcings::free);
    connect(&m_forcings, &Forcings::changed, this, &RoutingPanel::showForcings);
    connect(m_maps, &QTabWidget::currentChanged, this,
            [this] { m_trial.setBlaming(m_maps->currentWidget() == m_blame); });
}

void RoutingPanel::wireTrial() {
    m_trial.setText(text());
    connect(&m_trial, &RoutingTrial::busyChanged, this,
            [this](bool busy) { m_asking->setText(busy ? tr("asking the conversion …") : QString()); });
    connect(&m_trial, &RoutingTrial::failed, this, &RoutingPanel::failed);
    connect(&m_trial, &RoutingTrial::routed, this, &RoutingPanel::setRouting);
    connect(&m_trial, &RoutingTrial::divergenceMeasured, this, [this](const std::vector<double>& kl) {
        m_canvas->setDivergence(kl);
        m_rows->setDivergence(kl);
    });
    connect(&m_trial, &RoutingTrial::tokenRouted, m_experts, &ExpertMap::setRouting);
    connect(&m_trial, &RoutingTrial::effectMeasured, m_effect, &EffectCurve::setEffect);
    connect(&m_trial, &RoutingTrial::blamed, m_blame, &BlameBars::setBlame);
    connect(&m_trial, &RoutingTrial::continuationBegun, m_continuation, &ContinuationPanel::begin);
    connect(&m_trial, &RoutingTrial::textGrew, m_continuation, &ContinuationPanel::append);
}

QString RoutingPanel::text() const {
    return m_ownText.value_or(m_text->toPlainText());
}

void RoutingPanel::setConversion(const std::filesystem::path& folder) {
    m_folder = folder;
    forgetAnswers();
    askConversion();
}

void RoutingPanel::askConversion() {
    m_trial.setConversion(isVisible() && !m_ownText ? m_folder : std::filesystem::path());
}

void RoutingPanel::showEvent(QShowEvent*) {
    if (!m_trial.hasConversion()) askConversion();
}

void RoutingPanel::forgetAnswers() {
    m_forcings.forget();
    m_canvas->setDivergence({});
    m_rows->setDivergence({});
    m_experts->setRouting(nullptr);
    m_effect->setEffect({});
    m_blame->setBlame({});
}

void RoutingPanel::setRouting(const std::shared_ptr<const RoutingSnapshot>& routing) {
    m_routing = routing;
    m_hint->setVisible(!routing);
    if (m_ownText) showText(routing ? QString::fromStdString(routing->text) : QString());
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
    askAboutToken(token);
}

void RoutingPanel::setLayer(int layer) {
    m_canvas->setLayer(layer);
    m_map->setLayer(layer);
    m_experts->setLayer(layer);
    m_rows->setLayer(layer);
    if (m_canvas->selectedToken() >= 0) m_table->selectRow(m_canvas->selectedToken());
}

void RoutingPanel::chooseLayer(int layer) {
    setLayer(layer);  // also where no model is open whose layers could be selected
    emit layerChosen(layer);
}

void RoutingPanel::setLive(bool live) {
    if (live == !m_ownText) return;
    if (live) {
        showText(*std::exchange(m_ownText, std::nullopt));
    } else {
        m_ownText = m_text->toPlainText();
        showText(m_routing ? QString::fromStdString(m_routing->text) : QString());
    }
    m_text->setReadOnly(!live);
    m_hint->setText(live ? invitation() : tr("No text had been routed by then."));
    setConversion(m_folder);
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
    askAboutToken(token);
}

void RoutingPanel::askAboutToken(int token) {
    // Not about the tokens of a text that was typed over meanwhile.
    const bool same = m_routing && m_routing->text == text().toStdString();
    m_trial.setToken(same ? token : -1);
    m_experts->setMarks(m_forcings.marks(token));
}

void RoutingPanel::showForcings() {
    const auto& all = m_forcings.all();
    m_experts->setMarks(m_forcings.marks(m_canvas->selectedToken()));
    m_continuation->setForcings(all, m_routing ? m_routing->tokens : std::vector<std::string>{});
    if (!all.empty()) m_tables->setCurrentWidget(m_continuation);
    m_trial.setForcings(all);
}

}  // namespace dotmoe::studio
