#include "app/studio/panels/second_choice.h"

#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QSpinBox>

#include "app/studio/panels/moment_slider.h"
#include "app/studio/panels/run_chooser.h"
#include "app/studio/second_view.h"

namespace dotmoe::studio {

SecondChoice::SecondChoice(SecondView& view, QWidget* parent)
    : QWidget(parent),
      m_view(view),
      m_run(new RunChooser),
      m_layer(new QSpinBox),
      m_moment(new MomentSlider([this] { return m_view.recording(); })) {
    m_run->setObjectName("sideRun");
    m_run->setAccessibleName(tr("Run on the right"));
    m_run->setToolTip(tr("Run on the right: this one, one that is known here, or any recording"));
    m_layer->setObjectName("sideLayer");
    m_layer->setAccessibleName(tr("Layer on the right"));
    m_layer->setToolTip(tr("Layer on the right"));
    m_layer->setPrefix(tr("layer "));
    m_moment->setObjectName("sideMoment");
    m_moment->setAccessibleName(tr("Moment on the right"));
    m_moment->setToolTip(tr("Moment on the right"));  // until there are moments to name
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_run, 2);
    row->addWidget(m_layer);
    row->addWidget(m_moment, 3);

    connect(m_run, &RunChooser::chosen, &m_view, &SecondView::chooseRun);
    connect(m_layer, &QSpinBox::valueChanged, &m_view, &SecondView::chooseLayer);
    connect(m_moment, &QSlider::valueChanged, &m_view, &SecondView::chooseMoment);
    connect(&m_view, &SecondView::thisRunChanged, this, &SecondChoice::findRuns);
    connect(&m_view, &SecondView::momentsChanged, this, &SecondChoice::showMoments);
    connect(&m_view, &SecondView::pictureChanged, this, &SecondChoice::showChoice);
    connect(&m_view, &SecondView::refused, this, &SecondChoice::showChoice);
}

void SecondChoice::showEvent(QShowEvent*) {
    findRuns();
    showMoments();
}

void SecondChoice::findRuns() {
    if (isVisible()) m_run->refresh(m_view.thisRun());
}

void SecondChoice::showMoments() {
    if (!isVisible()) return;
    m_moment->showMoments();
    showChoice();
}

void SecondChoice::showChoice() {
    if (!isVisible()) return;
    const auto* recording = m_view.recording();
    m_run->setShown(m_view.isOtherRun() ? QString::fromStdString(recording->path().string()) : QString());
    const QSignalBlocker quiet(m_layer);
    m_layer->setEnabled(recording != nullptr);
    m_layer->setRange(0, recording ? std::max(0, recording->started().layers - 1) : 0);
    m_layer->setValue(m_view.layer());
    m_moment->showMoment(m_view.moment());
}

}  // namespace dotmoe::studio
