#include "app/studio/panels/experts_panel.h"

#include <QLabel>
#include <QShowEvent>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/studio/panels/expert_views.h"
#include "widgets/balance_bars.h"

namespace dotmoe::studio {
namespace {

QString summary_of(const ExpertProfile& profile) {
    const auto tokens = std::reduce(profile.domain_tokens.begin(), profile.domain_tokens.end());
    return ExpertsPanel::tr("%1 held-out tokens · load %2 of %3 bits · router %4 bits a token")
        .arg(tokens)
        .arg(profile.load_entropy, 0, 'f', 2)
        .arg(std::log2(profile.experts), 0, 'f', 2)
        .arg(profile.router_entropy, 0, 'f', 2);
}

}  // namespace

ExpertsPanel::ExpertsPanel(std::shared_ptr<OpenedModels> models, QWidget* parent)
    : QWidget(parent),
      m_trial(std::move(models)),
      m_bars(new BalanceBars),
      m_views(new ExpertViews),
      m_layerBox(new QSpinBox),
      m_summary(new QLabel),
      m_progress(new QLabel),
      m_hint(new QLabel),
      m_lower(new QStackedWidget) {
    m_bars->setObjectName("loads");
    m_bars->setFocusPolicy(Qt::StrongFocus);
    m_layerBox->setObjectName("expertLayer");
    m_layerBox->setAccessibleName(tr("Layer"));
    m_layerBox->setToolTip(tr("Layer whose experts are shown"));
    m_layerBox->setPrefix(tr("layer "));
    m_summary->setObjectName("expertSummary");
    m_summary->setToolTip(
        tr("Entropy of the load, which is log2 of the number of experts when all are used alike; and of the "
           "router's softmax for a token, on average"));
    m_progress->setObjectName("expertsProgress");
    m_progress->setForegroundRole(QPalette::PlaceholderText);
    m_hint->setObjectName("expertHint");
    m_hint->setForegroundRole(QPalette::PlaceholderText);
    m_hint->setWordWrap(true);
    m_hint->setAlignment(Qt::AlignCenter);
    m_hint->setMargin(16);
    m_lower->addWidget(m_hint);
    m_lower->addWidget(m_views);

    auto* bar = new QHBoxLayout;
    bar->addWidget(m_layerBox);
    bar->addWidget(m_summary, 1);
    bar->addWidget(m_progress);
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->addWidget(m_bars);
    splitter->addWidget(m_lower);
    splitter->setSizes({215, 265});
    splitter->setStretchFactor(0, 4);
    splitter->setStretchFactor(1, 5);
    splitter->setChildrenCollapsible(false);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->addLayout(bar);
    column->addWidget(splitter, 1);

    m_typed.setSingleShot(true);
    m_typed.setInterval(400);
    wire();
    showLayer();
}

void ExpertsPanel::wire() {
    connect(&m_typed, &QTimer::timeout, this, [this] { m_trial.setText(m_text); });
    connect(m_bars, &BalanceBars::expertChosen, this, &ExpertsPanel::chooseExpert);
    connect(m_views, &ExpertViews::expertChosen, this, &ExpertsPanel::chooseExpert);
    connect(m_layerBox, &QSpinBox::valueChanged, this, &ExpertsPanel::chooseLayer);
    connect(&m_trial, &ExpertTrial::progressed, m_progress, &QLabel::setText);
    connect(&m_trial, &ExpertTrial::busyChanged, this, [this](bool busy) {
        if (!busy) m_progress->clear();
        showHint();
    });
    connect(&m_trial, &ExpertTrial::failed, this, [this](const QString& reason) {
        m_trouble = reason;
        showHint();
    });
    connect(&m_trial, &ExpertTrial::forgotten, this, [this] {
        m_trouble.clear();
        showLayer();
    });
    connect(&m_trial, &ExpertTrial::profiled, this, [this](int layer) {
        if (layer == m_layer || m_layerBox->maximum() + 1 < m_trial.layers()) showLayer();
    });
}

void ExpertsPanel::setLoad(const std::shared_ptr<const LoadSnapshot>& load) {
    m_load = load;
    showLayer();
}

void ExpertsPanel::setLayer(int layer) {
    m_layer = std::max(0, layer);
    m_load.reset();  // that of the layer before
    showLayer();
}

void ExpertsPanel::setSharedNeurons(int neurons) {
    m_bars->setSharedNeurons(neurons);
}

void ExpertsPanel::setLive(bool live) {
    m_live = live;
    showLayer();
}

void ExpertsPanel::setConversion(const std::filesystem::path& folder) {
    m_trial.setConversion(folder);
}

void ExpertsPanel::setText(const std::vector<std::filesystem::path>& text) {
    m_text = text;
    m_typed.start();
}

void ExpertsPanel::showEvent(QShowEvent* event) {
    if (!event->spontaneous()) m_trial.setWatched(true);
}

void ExpertsPanel::hideEvent(QHideEvent* event) {
    if (!event->spontaneous()) m_trial.setWatched(false);
}

void ExpertsPanel::chooseExpert(int expert) {
    m_bars->setExpert(expert);
    m_views->setExpert(expert);
}

void ExpertsPanel::chooseLayer(int layer) {
    setLayer(layer);  // also where no model is open whose layers could be selected
    emit layerChosen(layer);
}

void ExpertsPanel::showLayer() {
    const auto profile = m_trial.profile(m_layer);
    const bool known = profile && profile->experts > 0;
    if (known && m_live)  // the load that the table has; the last step of the run read few and other tokens
        m_bars->setLoads(profile->load, m_layer, tr("held-out text"));
    else
        m_bars->setLoad(m_load, m_layer);
    m_views->setProfile(known ? profile : nullptr);
    m_summary->setText(known ? summary_of(*profile) : QString());
    m_lower->setCurrentWidget(known ? static_cast<QWidget*>(m_views) : m_hint);
    const QSignalBlocker quiet(m_layerBox);
    m_layerBox->setEnabled(m_trial.layers() > 0);
    m_layerBox->setMaximum(std::max(m_trial.layers() - 1, m_layer));
    m_layerBox->setValue(m_layer);
    showHint();
}

void ExpertsPanel::showHint() {
    const auto profile = m_trial.profile(m_layer);
    m_hint->setText(
        !m_trial.hasConversion()
            ? tr("Convert a model, or open the folder of a conversion: then each expert's "
                 "tokens, its domains of text and the experts like it appear here.")
        : !m_trial.hasText() ? tr("Name text in the recipe: the experts are tried on what is held out of it.")
        : !m_trouble.isEmpty() ? m_trouble
        : profile              ? tr("Layer %1 is still dense.").arg(m_layer)
                  : tr("Held-out text is being read; layer %1 appears when its turn comes.").arg(m_layer));
}

}  // namespace dotmoe::studio
