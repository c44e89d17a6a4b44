#include "app/studio/panels/status_strip.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <algorithm>
#include <array>

#include "app/studio/figures.h"
#include "base/system.h"

namespace dotmoe::studio {
namespace {

/// A label as wide as its widest usual text, so that the strip does not dance.
QLabel* add_figure(QHBoxLayout* row, const char* name, const QString& accessible, const QString& widest) {
    auto* label = new QLabel;
    label->setObjectName(name);
    label->setAccessibleName(accessible);
    label->setToolTip(accessible);
    label->setMinimumWidth(label->fontMetrics().horizontalAdvance(widest));
    row->addWidget(label);
    return label;
}

}  // namespace

StatusStrip::StatusStrip(QWidget* parent) : QWidget(parent) {
    setObjectName("statusStrip");
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(8, 0, 8, 0);
    row->setSpacing(14);
    m_state = add_figure(row, "state", tr("State"), tr("Stopping …"));
    auto font = m_state->font();
    font.setBold(true);
    m_state->setFont(font);
    m_step = add_figure(row, "step", tr("Step"), QStringLiteral("layer-wise 30/30 layers"));
    m_bar = new QProgressBar;
    m_bar->setAccessibleName(tr("Progress of this phase"));
    m_bar->setTextVisible(false);
    m_bar->setFixedSize(90, 8);
    auto policy = m_bar->sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    m_bar->setSizePolicy(policy);
    row->addWidget(m_bar);
    m_eta = add_figure(row, "eta", tr("Time left in this phase"), QStringLiteral("59 min 59 s left"));
    m_memory =
        add_figure(row, "memory", tr("Most memory this process has used"), QStringLiteral("peak 99.9 GB"));
    m_device = add_figure(row, "device", tr("Device and number format"), QStringLiteral("cpu"));
    connect(&m_memoryClock, &QTimer::timeout, this, &StatusStrip::showMemory);
    m_memoryClock.start(1000);
    showMemory();
    showState(RunState::idle);
}

void StatusStrip::showState(RunState state) {
    static const std::array names{tr("Ready"), tr("Running"), tr("Paused"), tr("Stopping …")};
    m_state->setText(names[static_cast<std::size_t>(state)]);
    m_bar->setVisible(state != RunState::idle);
    if (state == RunState::idle) m_eta->clear();
}

void StatusStrip::showEnd(const QString& text) {
    m_state->setText(text);
}

void StatusStrip::showStarted(const Started& event) {
    m_device->setText(QString::fromStdString(event.device + " " + event.dtype));
}

void StatusStrip::showProgress(const Progress& event) {
    m_step->setText(tr("%1 %2/%3 %4")
                        .arg(QString::fromStdString(event.phase))
                        .arg(event.done)
                        .arg(event.total)
                        .arg(QString::fromStdString(event.unit)));
    // QProgressBar counts in int; a share is all it needs.
    m_bar->setRange(0, 1000);
    m_bar->setValue(event.total > 0 ? static_cast<int>(1000 * event.done / event.total) : 0);
    m_eta->setText(event.eta_seconds > 0 ? tr("%1 left").arg(duration_text(event.eta_seconds)) : QString());
}

void StatusStrip::showMemory() {
    m_memory->setText(tr("peak %1").arg(bytes_text(static_cast<double>(peak_memory_bytes()))));
}

}  // namespace dotmoe::studio
